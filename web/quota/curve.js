// @ts-check
/**
 * How the cut-off price ran, as something that can be drawn: which span of time, which scale, which steps. Told from the picture and the clock of
 * the house alone. Knows no DOM.
 *
 * @typedef {import("./sale.js").Shown} Shown
 * @typedef {{from_us: number, until_us: number, least_fen: number, most_fen: number, ticks_fen: number[], ticks_us: number[], points: [number, number][],
 *   near: boolean}} Drawn `points`: instants and prices, oldest first, the last one now; `near`: the last two minutes alone
 */

import { DECIDES_US, roundOf } from "./sale.js";

/** When the sale is being decided, only so much is drawn. */
const NEAR_US = 120_000_000;

/** The price may rise from nothing in the first part of what is drawn: one of so many. */
const RISES = 6;

/** Steps of the scales, times a power of ten. */
const ROUND = [1, 2, 5, 10];
const SPANS_S = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** @param {number} least @param {number[]} steps */
function atLeast(least, steps) {
  return steps.find((step) => step >= least) ?? steps[steps.length - 1];
}

/** @param {number} span @param {number} parts */
function roundStep(span, parts) {
  const rough = Math.max(1, span / parts);
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * atLeast(rough / power, ROUND);
}

/**
 * @param {Shown} shown
 * @param {string} name the class
 * @param {number} now_us house time
 * @param {boolean} [all] from the opening on, as after the close
 * @returns {Drawn | null} null where there is nothing to draw, or it is not told
 */
export function drawn(shown, name, now_us, all = shown.sale?.phase === "closed") {
  const { curve, running } = { curve: shown.parts[`curve/${name}`], running: shown.parts[`running/${name}`] };
  const round = roundOf(shown);
  const closed = shown.sale?.phase === "closed";
  if (!curve || !round) return null;
  const last_us = round.ends_at_us;
  const end_us = closed ? last_us : Math.max(curve.points.at(-1)?.[0] ?? 0, Math.min(now_us, last_us));
  const points = [...curve.points, ...sinceLast(curve, running, end_us)];
  if (!points.length) return null;
  const near = !all && round.number === round.of && last_us - end_us <= DECIDES_US;
  const from_us = all ? points[0][0] : near ? Math.max(round.began_at_us, last_us - NEAR_US) : round.began_at_us;
  const inside = points.filter(([at_us]) => at_us >= from_us);
  const before = points.filter(([at_us]) => at_us < from_us).pop();
  const seen = /** @type {[number, number][]} */ (before ? [[from_us, before[1]], ...inside] : inside);
  if (!seen.length) return null;
  const until_us = Math.max(last_us, from_us + 1);
  return { from_us, until_us, ...scale(settled(seen)), ticks_us: instants(from_us, until_us), points: seen, near };
}

/**
 * The live end: the price that holds now, from the instant at which the offer at the edge was made, or the last point kept if that is later.
 * @param {import("../shared/frames.js").CurvePart} curve
 * @param {import("./sale.js").Running | undefined} running
 * @param {number} end_us
 * @returns {[number, number][]}
 */
function sinceLast({ points }, running, end_us) {
  const { cutoff_fen = null, cutoff_at_us = null } = running ?? {};
  if (cutoff_fen === null) return [];
  const [last_us, last_fen] = points.at(-1) ?? [0, null];
  if (last_fen === null && cutoff_at_us === null) return []; // Fewer offers than plates: nothing has run yet.
  const since_us = Math.max(last_us, Math.min(cutoff_at_us ?? end_us, end_us));
  return cutoff_fen === last_fen ? [[end_us, cutoff_fen]] : [[since_us, cutoff_fen], [end_us, cutoff_fen]];
}

/**
 * The prices that set the scale: not those of the first moments, when offers are fewer than plates or hardly more; that line comes from below.
 * @param {[number, number][]} points
 */
function settled(points) {
  const [[first_us]] = points;
  const [last_us] = points[points.length - 1];
  const since_us = first_us + (last_us - first_us) / RISES;
  const before = points.filter(([at_us]) => at_us < since_us).length;
  return points.slice(Math.max(0, before - 1)).map(([, fen]) => fen);
}

/** A scale of round prices around those seen. @param {number[]} prices */
function scale(prices) {
  const lowest = Math.min(...prices);
  const highest = Math.max(...prices);
  const step = Math.max(10_000, roundStep((highest - lowest) * 1.1, 3));
  const least_fen = Math.max(0, Math.floor((lowest - step / 4) / step) * step);
  const most_fen = Math.ceil((highest + step / 4) / step) * step;
  return { least_fen, most_fen, ticks_fen: Array.from({ length: Math.round((most_fen - least_fen) / step) + 1 }, (_, tick) => least_fen + tick * step) };
}

/** Round instants between two, three to six of them. @param {number} from_us @param {number} until_us */
function instants(from_us, until_us) {
  const step_us = atLeast((until_us - from_us) / 1_000_000 / 5, SPANS_S) * 1_000_000;
  const first_us = Math.ceil(from_us / step_us) * step_us;
  return Array.from({ length: Math.floor((until_us - first_us) / step_us) + 1 }, (_, tick) => first_us + tick * step_us);
}

/**
 * The line itself in a box: a price stands until the next one.
 * @param {Drawn} drawing
 * @param {{left: number, right: number, top: number, bottom: number}} box
 */
export function traced({ from_us, until_us, least_fen, most_fen, points }, { left, right, top, bottom }) {
  const x = (/** @type {number} */ at_us) => round1(left + ((at_us - from_us) / (until_us - from_us)) * (right - left));
  const y = (/** @type {number} */ fen) => round1(bottom - Math.max(0, Math.min(1, (fen - least_fen) / (most_fen - least_fen))) * (bottom - top));
  const path = points.map(([at_us, fen], at) => (at ? `H${x(at_us)}V${y(fen)}` : `M${x(at_us)} ${y(fen)}`)).join("");
  return { path, x, y };
}

/** @param {number} value */
function round1(value) {
  return Math.round(value * 10) / 10;
}

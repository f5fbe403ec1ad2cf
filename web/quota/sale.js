// @ts-check
/**
 * A quota sale (额度拍卖) read from its picture: like plates, price first, then time. Knows no DOM.
 *
 * @typedef {Pick<import("../shared/store.js").Store, "sale" | "parts">} Shown
 * @typedef {import("../shared/frames.js").ConditionsPart} Conditions
 * @typedef {import("../shared/frames.js").RoundPart} Round
 * @typedef {import("../shared/frames.js").RunningPart} Running
 * @typedef {import("../shared/frames.js").QuotaMinePart} Mine
 */

/** @param {Shown} shown @returns {Conditions | undefined} */
export function conditionsOf({ parts }) {
  return parts.conditions;
}

/** The round that runs, or the last that did. @param {Shown} shown @returns {Round | null} */
export function roundOf({ parts }) {
  return parts.round ?? null;
}

/** @param {Shown} shown @returns {import("../shared/frames.js").FeedPart | undefined} */
export function feedOf({ parts }) {
  return parts.feed;
}

/** What the house tells this bidder alone. @param {{mine: any}} store @returns {Mine | null} */
export function mineOf({ mine }) {
  return mine;
}

/**
 * How each class stands, in the order of the sheet.
 * @param {Shown} shown
 * @returns {{name: string, running: Running | undefined, curve: import("../shared/frames.js").CurvePart | undefined,
 *   result: import("../shared/frames.js").ClassResultPart | null}[]}
 */
export function classesOf({ parts }) {
  const conditions = /** @type {Conditions | undefined} */ (parts.conditions);
  return (conditions?.classes ?? []).map(({ class: name }) => ({
    name,
    running: parts[`running/${name}`],
    curve: parts[`curve/${name}`],
    result: parts[`result/${name}`] ?? null,
  }));
}

/**
 * The way of the sale: every round, then the result.
 * @param {Shown} shown
 * @returns {{name: string, round: import("../shared/frames.js").RoundRules | null, state: "done" | "now" | "next", from_us: number | null, until_us: number | null}[]}
 *   `name` is the round's, or `result`; times are known from the opening on
 */
export function stepsOf(shown) {
  const { sale } = shown;
  const rounds = conditionsOf(shown)?.rounds ?? [];
  const now = roundOf(shown);
  const closed = sale?.phase === "closed";
  let from_us = now?.ends_at_us ?? null;
  const steps = rounds.map((round, at) => {
    const number = at + 1;
    if (!now || number < now.number) return step(round, closed || now ? "done" : "next", null, null);
    if (number === now.number) return step(round, closed ? "done" : "now", now.began_at_us, now.ends_at_us);
    const began_us = from_us ?? 0;
    from_us = began_us + round.span_s * 1_000_000;
    return step(round, "next", began_us, from_us);
  });
  return [...steps, { name: "result", round: null, state: closed ? "now" : "next", from_us: null, until_us: null }];
}

/**
 * @param {import("../shared/frames.js").RoundRules} round
 * @param {"done" | "now" | "next"} state
 * @param {number | null} from_us
 * @param {number | null} until_us
 */
function step(round, state, from_us, until_us) {
  return { name: round.name, round, state, from_us, until_us };
}

/** So long before the end of the last round everything is decided. */
export const DECIDES_US = 60_000_000;

/**
 * What the clock counts down to.
 * @param {Shown} shown
 * @param {number} now_us house time
 * @returns {{stage: "unknown" | "waiting" | "opens" | "taking" | "deciding" | "over" | "paused" | "closed", until_us: number | null}}
 *   `over`: the time of a round is up, and the word of the house is awaited
 */
export function clockOf(shown, now_us) {
  const { sale } = shown;
  if (!sale) return { stage: "unknown", until_us: null };
  if (sale.phase === "closed") return { stage: "closed", until_us: null };
  const round = roundOf(shown);
  if (sale.phase === "suspended") return { stage: "paused", until_us: null };
  if (sale.phase === "planned" || !round) return { stage: sale.opens_at_us === null ? "waiting" : "opens", until_us: sale.opens_at_us };
  const left_us = round.ends_at_us - now_us;
  if (left_us <= 0) return { stage: "over", until_us: round.ends_at_us };
  return { stage: round.number === round.of && left_us <= DECIDES_US ? "deciding" : "taking", until_us: round.ends_at_us };
}

/** The round as something that ends, for those who count down to an end. @param {Shown} shown */
export function endOf(shown) {
  const round = roundOf(shown);
  return shown.sale?.phase === "open" && round ? { lot: round.number, phase: "open", closes_at_us: round.ends_at_us } : null;
}

/** When averages are told, as far as the opening is known. @param {Shown} shown @param {number} now_us @returns {number | null} */
export function nextAverage_us(shown, now_us) {
  const conditions = conditionsOf(shown);
  const round = roundOf(shown);
  if (conditions?.running !== "average" || round?.number !== 1 || shown.sale?.phase !== "open") return null;
  const due = conditions.average_at_s.map((after_s) => round.began_at_us + after_s * 1_000_000);
  return due.find((at_us) => at_us > now_us) ?? null;
}

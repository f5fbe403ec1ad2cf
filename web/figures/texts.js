// @ts-check
/** How figures are written. What is not known is a dash. */

import { spoken, t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";

export const NONE = "—";

/** @param {number | null | undefined} fen */
export function money(fen) {
  return fen === null || fen === undefined ? NONE : shortYuan(fen);
}

/** For scales: `2 万元`, `¥20k`. @param {number} fen */
export function scaleMoney(fen) {
  const yuan = fen / 100;
  if (yuan < 10_000) return t("fig.yuan", { yuan: trimmed(yuan) });
  return t("fig.wan", { amount: trimmed(yuan / (spoken() === "en" ? 1000 : 10_000)) });
}

/** Hundreds of millions, as the trade counts them: `59.08`. @param {number} fen */
export function yi(fen) {
  return (fen / 1e10).toFixed(3);
}

/** The same with as many places as were printed, and none made up: `4.7`. @param {number} fen */
export function printedYi(fen) {
  return String(fen / 1e10);
}

/** @param {number | string | null | undefined} value */
export function plain(value) {
  return value === null || value === undefined ? NONE : String(value);
}

/** A delay: `850 µs`, `1.24 ms`, `123 ms`, `1.2 s`. @param {number | null | undefined} us */
export function delay(us) {
  if (us === null || us === undefined) return NONE;
  if (us < 1000) return `${us} µs`;
  if (us < 10_000) return `${(us / 1000).toFixed(2)} ms`;
  if (us < 1_000_000) return `${Math.round(us / 1000)} ms`;
  return `${(us / 1e6).toFixed(1)} s`;
}

/** How long a lot took: `36 ms`, `12.3 s`, `3 min 05 s`. @param {number | null | undefined} ms */
export function lasting(ms) {
  if (ms === null || ms === undefined) return NONE;
  const seconds = Math.round(ms / 1000);
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return t("fig.seconds", { s: (ms / 1000).toFixed(1) });
  return t("fig.long", { m: Math.floor(seconds / 60), s: String(seconds % 60).padStart(2, "0") });
}

/** The name of a bar between two delays: `1 ms – 2 ms`. @param {number[]} edges @param {number} at */
export function between(edges, at) {
  if (at === edges.length) return `> ${edge(edges[at - 1])}`;
  return at === 0 ? `≤ ${edge(edges[0])}` : `${edge(edges[at - 1])} – ${edge(edges[at])}`;
}

/** A round delay. @param {number} us */
export function edge(us) {
  if (us < 1000) return `${us} µs`;
  return us < 1_000_000 ? `${us / 1000} ms` : `${us / 1e6} s`;
}

/** @param {number} value */
function trimmed(value) {
  return String(Math.round(value * 100) / 100);
}

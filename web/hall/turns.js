// @ts-check
/** Which of the lots that are open together are on screen. More than fit take turns by the clock of the house, so that all screens turn at once. */

/** @typedef {import("../shared/frames.js").BlockPart} Block */

export const CARDS_MAX = 12;
export const TURN_US = 12_000_000;

/** The lots open at once where the rule sheet opens all together; none otherwise. @param {Pick<import("../shared/store.js").Store, "rules" | "lots">} store */
export function allAtOnce({ rules, lots }) {
  if (rules?.timed?.advance !== "together") return [];
  return lots.flatMap((lot) => (lot.phase === "open" && lot.open ? [lot.open] : []));
}

/**
 * Which of them are on screen.
 * @param {Block[]} open
 * @param {number} now_us house time
 */
export function turnOf(open, now_us) {
  const pages = Math.max(1, Math.ceil(open.length / CARDS_MAX));
  const page = Math.floor(now_us / TURN_US) % pages;
  return { page, pages, shown: open.slice(page * CARDS_MAX, (page + 1) * CARDS_MAX) };
}

// @ts-check
/** Which rows are on a wall that does not hold them all: they take turns by the clock of the house, so that all walls turn at once, or follow the reading. */

export const TURN_US = 12_000_000;

/** @typedef {import("./opening.js").Row} Row */

/** @param {Row} one @param {Row} other */
export function sameRow(one, other) {
  return one.section === other.section && one.bidder === other.bidder;
}

/**
 * @param {Row[]} rows in order; a page holds rows of one section only
 * @param {number} most rows on a page
 * @param {number} now_us house time
 * @param {Row | null} [read] the row being read, which is always on screen
 * @returns {{page: number, pages: number, shown: Row[]}} `page` from 0
 */
export function turnOf(rows, most, now_us, read = null) {
  /** @type {Row[][]} */
  const pages = [];
  for (const row of rows) {
    const last = pages.at(-1);
    if (last && last[0].section === row.section && last.length < most) last.push(row);
    else pages.push([row]);
  }
  const reading = read === null ? -1 : pages.findIndex((page) => page.some((row) => sameRow(row, read)));
  const page = reading >= 0 ? reading : pages.length ? Math.floor(now_us / TURN_US) % pages.length : 0;
  return { page, pages: pages.length, shown: pages[page] ?? [] };
}

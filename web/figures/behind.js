// @ts-check
/** What a figure was computed from: which lots, or which records, and by what rule. Knows no DOM. */

/** @typedef {import("./types.js").SaleFigures} SaleFigures @typedef {import("./types.js").LotFigures} LotFigures */

/** @param {LotFigures} lot */
const sold = (lot) => lot.phase === "sold";
/** @param {LotFigures} lot */
const ended = (lot) => sold(lot) || lot.phase === "passed";

/** Figures computed from lots. @type {Record<string, (lot: LotFigures, figures: SaleFigures) => boolean>} */
const LOTS = {
  turnover: sold,
  opening: sold,
  premium: sold,
  average: sold,
  sold,
  top: (lot, figures) => lot.lot === figures.top?.lot,
  passed: (lot) => lot.phase === "passed",
  bids: ended,
  bidders: ended,
  "bids-per-lot": ended,
  minutes: ended,
  "sold.hall": (lot) => sold(lot) && lot.channel === "hall",
  "sold.online": (lot) => sold(lot) && lot.channel === "online",
};

/** The figure an address asks about: `#of=premium`. @param {string} hash */
export function asked(hash) {
  return new URLSearchParams(hash.slice(1)).get("of");
}

/**
 * The lots behind a figure, or null if it is counted from single records, of which the house knows.
 * @param {string} of
 * @param {SaleFigures} figures
 */
export function lotsBehind(of, figures) {
  const choose = Object.hasOwn(LOTS, of) ? LOTS[of] : null;
  return choose && figures.by_lot.filter((lot) => choose(lot, figures));
}

/** Where a record stands in full. @param {number} seq */
export function recordLink(seq) {
  return `record#seq=${seq}`;
}

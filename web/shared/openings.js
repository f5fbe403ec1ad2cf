// @ts-check
/**
 * Which lots take bids, and what the bidding for one of them looks like. Where lots go one by one that is the `block` part; where all are open at
 * once each `lot/N` part carries its own.
 *
 * @typedef {Pick<import("./store.js").Store, "rules" | "block" | "lots">} Shown
 * @typedef {import("./frames.js").BlockPart} BlockPart
 */

/** @param {Shown} shown */
export function allTogether({ rules }) {
  return rules?.timed?.advance === "together";
}

/** The lots that take bids now, in the order of the catalogue. @param {Shown} shown @returns {BlockPart[]} */
export function openings(shown) {
  if (!allTogether(shown)) return shown.block?.phase === "open" ? [shown.block] : [];
  return shown.lots.flatMap(({ open }) => open ?? []);
}

/**
 * The bidding to look at: the lot on the block, or the one chosen among many, which stays in sight when it has ended.
 * @param {Shown} shown
 * @param {number | null} chosen
 * @returns {BlockPart | null}
 */
export function biddingOf(shown, chosen) {
  if (!allTogether(shown)) return shown.block;
  const open = openings(shown);
  const lot = shown.lots.find((one) => one.lot === chosen);
  if (lot?.open) return lot.open;
  if (lot && lot.phase !== "waiting") return ended(lot);
  return open[0] ?? null;
}

/** A lot that has ended, in the shape of one that is open. @param {import("./frames.js").LotPart} lot @returns {BlockPart} */
function ended(lot) {
  return {
    ...lot,
    phase: /** @type {BlockPart["phase"]} */ (lot.phase),
    price_fen: lot.hammer_fen,
    leader: lot.who,
    leader_channel: null,
    calls: 0,
    asked_fen: null,
    step_fen: 0,
    bids: [],
  };
}

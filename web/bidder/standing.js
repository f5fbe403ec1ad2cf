// @ts-check
/**
 * How one of my bids stands now, from what became of it and what the sale shows.
 *
 * @typedef {"sent" | "unknown" | "lost" | "refused" | "leading" | "outbid" | "won" | "accepted"} Standing
 *   `accepted`: taken, and the screen is not yet as far as the answer
 */

/**
 * @param {import("../shared/acts.js").Act} act
 * @param {Pick<import("../shared/store.js").Store, "mine" | "block" | "seq" | "parts">} store; of lots that are open together, each has its own bidding
 * @returns {Standing}
 */
export function standing(act, { mine, block: blocked, seq, parts }) {
  if (act.state !== "accepted") return act.state;
  const { lot, amount_fen } = act.frame;
  const block = parts[`lot/${lot}`]?.open ?? blocked;
  const won = mine?.won.find((one) => one.lot === lot);
  if (won) return won.hammer_fen === amount_fen ? "won" : "outbid";
  const phase = parts[`lot/${lot}`]?.phase;
  if (phase === "sold" || phase === "passed") return "outbid";
  if (!block || block.lot !== lot || block.price_fen === null) return "accepted";
  if (block.price_fen > amount_fen) return "outbid";
  if (mine?.leads.includes(lot)) return "leading";
  return (act.seq ?? 0) > seq ? "accepted" : "leading";
}

/**
 * Whether I have bid for the lot on the block, from this browser or from another.
 * @param {{block: import("../shared/frames.js").BlockPart, mine: import("../shared/frames.js").MinePart | null, acts: import("../shared/acts.js").Act[],
 *   led: number | null}} known `led` is the lot I was last seen leading
 */
export function hasBid({ block: { lot, bids }, mine, acts, led }) {
  return (
    led === lot ||
    (mine?.last ?? []).some((one) => one.lot === lot) ||
    bids.some(({ who }) => "paddle" in who && who.paddle === mine?.paddle) ||
    acts.some((act) => act.frame.type === "bid" && act.frame.lot === lot && act.state === "accepted")
  );
}

/**
 * What to bid instead after a refusal: the house says the least amount that would do.
 * @param {import("../shared/acts.js").Act} act
 * @returns {number | null} fen
 */
export function better(act) {
  const { detail } = act.refusal ?? {};
  return detail?.next_fen ?? detail?.least_fen ?? null;
}

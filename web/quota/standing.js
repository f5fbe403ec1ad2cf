// @ts-check
/**
 * How a bidder stands, and each of his offers: from what became of it and what the house tells him. Knows no DOM.
 *
 * @typedef {import("./sale.js").Mine} Mine
 * @typedef {import("../shared/acts.js").Act} Act
 */

import { insideOf } from "./reach.js";

/**
 * How one offer stands.
 * @param {Act} act
 * @param {Mine | null} mine
 * @returns {"sent" | "unknown" | "lost" | "refused" | "wasted" | "stands" | "replaced" | "won" | "missed"}
 *   `wasted`: out of reach, and it used a change; `stands`: it is the offer that counts now
 */
export function standing(act, mine) {
  if (act.state !== "accepted") return act.state;
  const made = act.events?.find(({ type }) => type === "OfferMade" || type === "RevisionLost");
  if (made?.type === "RevisionLost") return "wasted";
  const counts = !mine?.offer || (made ? made.at_us === mine.offer.at_us : act.frame.amount_fen === mine.offer.amount_fen);
  if (mine?.result && counts) return mine.result.won ? "won" : "missed";
  return counts || (mine?.offer && made && made.at_us > mine.offer.at_us) ? "stands" : "replaced";
}

/**
 * The one thing a bidder wants to know.
 * @param {{sale: import("../shared/frames.js").SalePart | undefined, mine: Mine | null, running: import("./sale.js").Running | undefined}} known
 * @returns {{kind: "calm" | "in" | "out" | "won" | "missed", key: string}} with a locale key
 */
export function whereOf({ sale, mine, running }) {
  if (!sale) return { kind: "calm", key: "hall.connecting" };
  if (!mine) return { kind: "calm", key: "why.not-admitted" };
  if (sale.phase === "closed" && mine.result) {
    if (mine.result.won) return { kind: "won", key: "where.quota.won" };
    return mine.offer ? { kind: "missed", key: "where.quota.missed" } : { kind: "calm", key: "where.quota.took-no-part" };
  }
  if (sale.phase === "planned") return { kind: "calm", key: "where.quota.planned" };
  if (!mine.offer) return { kind: "calm", key: mine.may_offer ? "where.quota.offer-now" : "where.quota.no-offer" };
  const inside = insideOf(mine, running);
  if (inside === null) return { kind: "calm", key: "where.quota.hidden" };
  return inside ? { kind: "in", key: "where.quota.in" } : { kind: "out", key: mine.may_offer ? "where.quota.out" : "where.quota.out-for-good" };
}

/**
 * What a bidder can do after a refusal.
 * @param {import("../shared/frames.js").Refusal} refusal
 * @returns {{key: string, amounts: Record<string, number>} | null} a locale key, and amounts in fen
 */
export function nextStep({ code, detail }) {
  if (code === "E_OUT_OF_REACH") return { key: "next.out-of-reach", amounts: { least: detail.least_fen, most: detail.most_fen } };
  if (code === "E_BID_TOO_LOW") return { key: "next.too-low", amounts: { least: detail.next_fen ?? detail.least_fen } };
  if (code === "E_OFFER_TOO_HIGH") return { key: "next.too-high", amounts: { most: detail.most_fen } };
  if (code === "E_OFFER_NOT_HIGHER") return { key: "next.not-higher", amounts: { standing: detail.standing_fen } };
  if (code === "E_AUCTION_PAUSED") return { key: "next.paused", amounts: {} };
  return null;
}

// @ts-check
/** What may be voided, why, and by whom (article 22). Knows no DOM. */

import { openings } from "./openings.js";

/** The reasons there are, in the order of their keys. */
export const VOID_REASONS = /** @type {const} */ (["miskeyed", "wrong_paddle", "not_entitled", "technical"]);

/** Of the last bids each has a digit, as far as reasons leave some; the newest is meant if none is struck. */
export const FIRST_DIGIT = VOID_REASONS.length + 1;
const BIDS_SHOWN = 9 - VOID_REASONS.length;

/** One of the two officers has one of these offices. */
const DECISIVE = ["auctioneer", "supervisor"];

/**
 * Whether this officer may agree to what another has proposed.
 * @param {string} role
 * @param {string} by the role that proposed
 */
export function mayAgree(role, by) {
  return role !== by && (DECISIVE.includes(role) || DECISIVE.includes(by));
}

/**
 * The bids that may be voided, newest first, each with its lot.
 * @param {import("./openings.js").Shown} shown
 */
export function voidable(shown) {
  return openings(shown).flatMap((block) => block.bids.filter(({ voided }) => !voided).map((bid) => ({ lot: block.lot, bid }))).slice(0, BIDS_SHOWN);
}

/** The void that waits for its second officer. @param {import("./openings.js").Shown} shown */
export function pendingVoid(shown) {
  const block = openings(shown).find((one) => one.void);
  return block?.void ? { lot: block.lot, bid: block.void } : null;
}

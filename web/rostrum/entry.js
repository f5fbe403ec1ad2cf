// @ts-check
/**
 * What the clerk types for a paddle in the hall: `12` bids the asked price for paddle 12; `12 60000` or `12+60000` bids so many yuan.
 */

import { fenOf } from "../shared/money.js";

/**
 * @param {string} typed
 * @returns {{paddle: number, amount_fen: number | null} | null} null where it cannot be read; no amount means the asked price
 */
export function readEntry(typed) {
  const match = /^(\d{1,7})(?:[\s+]+([\d,.]+))?$/.exec(typed.normalize("NFKC").trim());
  if (!match) return null;
  const paddle = Number(match[1]);
  if (paddle < 1 || paddle > 1_000_000) return null;
  if (match[2] === undefined) return { paddle, amount_fen: null };
  const amount_fen = fenOf(match[2]);
  return amount_fen === null ? null : { paddle, amount_fen };
}

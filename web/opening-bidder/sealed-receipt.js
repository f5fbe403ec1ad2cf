// @ts-check
/** The receipt of an envelope before the list: it has no place on the record, and whoever has it checks it without the house. Knows no DOM. */

import { toHex, utf8 } from "../shared/bytes.js";
import { verified } from "../shared/ed25519.js";
import { sha256 } from "../shared/sha256.js";

const STATEMENT = /^luochui receipt v1\n([^\n]+)\n(\d+)\n(\d+)\n([0-9a-f]{64})\n([0-9a-f]{64})\n$/;

/** @typedef {import("../shared/frames.js").SealedReceipt} SealedReceipt */

/**
 * Whether it holds; null where this browser cannot tell.
 * @param {SealedReceipt} receipt
 * @param {string | undefined} key the house's, as the page knows it
 * @returns {Promise<boolean | null>}
 */
export async function holds(receipt, key) {
  const said = STATEMENT.exec(receipt.statement);
  if (!said || (key !== undefined && key !== receipt.key)) return false;
  if (digest(receipt.command) !== said[4] || digest(receipt.outcome) !== said[5]) return false;
  return verified({ key: receipt.key, text: receipt.statement, signature: receipt.signature });
}

/** All that is signed and the signature, as one line for a QR code. @param {SealedReceipt} receipt */
export function oneLine({ number, statement, signature }) {
  return `luochui-receipt-2:${number}:${statement.split("\n").slice(1, -1).join(":")}:${signature}`;
}

/** @param {string} text */
function digest(text) {
  return toHex(sha256(utf8(text)));
}

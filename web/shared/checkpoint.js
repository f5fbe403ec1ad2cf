// @ts-check
/** A checkpoint of a sale's log, read and checked: a signed note (C2SP), and that a record is in the log it is over. */

import { fromHex, join, toHex, utf8 } from "./bytes.js";
import { digestOf } from "./chain.js";
import { verified } from "./ed25519.js";
import { rootByPath } from "./merkle.js";
import { sha256 } from "./sha256.js";

/**
 * @typedef {{origin: string, size: number, root: string, epoch: number, head: string, at: string}} Checkpoint `root` and `head` in hexadecimal, `at` nanoseconds
 * @typedef {{name: string, hash: string, body: string}} Signature both in hexadecimal
 * @typedef {{text: string, signatures: Signature[], checkpoint: Checkpoint}} SignedCheckpoint
 * @typedef {{seq: number, size: number, path: string[]}} Inclusion
 */

const CHECKPOINT = /^(\S+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\nepoch ([0-9]{1,15})\nhead ([0-9a-f]{64})\nat ([0-9]{1,19})\n$/;
const SIGNATURE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;
const HASH_DIGITS = 8;

/** What a signed checkpoint says, or null where it is none. @param {string} whole @returns {SignedCheckpoint | null} */
export function readCheckpoint(whole) {
  const gap = whole.lastIndexOf("\n\n");
  if (gap < 0 || !whole.endsWith("\n")) return null;
  const text = whole.slice(0, gap + 1);
  const said = CHECKPOINT.exec(text);
  const lines = whole.slice(gap + 2, -1).split("\n").map((line) => SIGNATURE.exec(line));
  if (!said || lines.some((line) => line === null)) return null;
  try {
    const signatures = lines.map((line) => signatureOf(/** @type {RegExpExecArray} */ (line)));
    const [, origin, size, root, epoch, head, at] = said;
    return { text, signatures, checkpoint: { origin, size: Number(size), root: hexOf(root), epoch: Number(epoch), head, at } };
  } catch {
    return null;
  }
}

/** The name of a sale's log. @param {string} key hexadecimal @param {string} sale */
export function originOf(key, sale) {
  return `luochui/${toHex(sha256(fromHex(key))).slice(0, HASH_DIGITS)}/${sale}`;
}

/**
 * Whether the house's key stands under a checkpoint of this sale; null where this browser cannot tell.
 * @param {SignedCheckpoint} signed
 * @param {{key: string, sale: string}} house
 */
export async function signedByHouse({ text, signatures, checkpoint }, { key, sale }) {
  const origin = originOf(key, sale);
  const hash = toHex(sha256(join(utf8(`${origin}\n`), new Uint8Array([1]), fromHex(key)))).slice(0, HASH_DIGITS);
  const own = signatures.find((one) => one.name === origin && one.hash === hash);
  if (checkpoint.origin !== origin || !own) return false;
  return verified({ key, text, signature: own.body });
}

/**
 * Whether the record with this header is in the log that a checkpoint is over.
 * @param {string} header
 * @param {Checkpoint} checkpoint
 * @param {Inclusion} proof
 */
export function includes(header, { size, root }, proof) {
  if (proof.size !== size) return false;
  try {
    const reached = rootByPath(fromHex(digestOf(header)), proof.seq - 1, size, proof.path.map(fromHex));
    return reached !== null && toHex(reached) === root;
  } catch {
    return false;
  }
}

/** @param {RegExpExecArray} line @returns {Signature} */
function signatureOf([, name, body]) {
  const raw = hexOf(body);
  return { name, hash: raw.slice(0, HASH_DIGITS), body: raw.slice(HASH_DIGITS) };
}

/** @param {string} base64 */
function hexOf(base64) {
  return toHex(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}

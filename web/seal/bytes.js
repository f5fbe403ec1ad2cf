// @ts-check
/** How lengths and numbers stand between bytes. */
import { join, utf8 } from "../shared/bytes.js";

/** Tells the type check what is always so here: no bytes are shared between threads. @param {Uint8Array} bytes */
export function buffer(bytes) {
  return /** @type {Uint8Array<ArrayBuffer>} */ (bytes);
}

/** @param {number} value four bytes, big-endian */
export function u32(value) {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** @param {Uint8Array | string} data after its length, so that two fields never read as one */
export function lengthed(data) {
  const bytes = typeof data === "string" ? utf8(data) : data;
  return join(u32(bytes.length), bytes);
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b as long as a
 */
export function xor(a, b) {
  return a.map((byte, at) => byte ^ b[at]);
}

/** Whether both are the same, in a time that does not depend on where they differ. @param {Uint8Array} a @param {Uint8Array} b */
export function same(a, b) {
  let differs = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) differs |= a[at] ^ b[at];
  return differs === 0;
}

/** @param {number} length */
export function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}

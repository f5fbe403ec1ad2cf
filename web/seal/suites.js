// @ts-check
/** The two fixed suites: a hash, an authenticated cipher and a curve that belong together. See engine/sealing/SEALING.md. */
import { commercial } from "./commercial.js";
import { SealFault } from "./fault.js";
import { international } from "./international.js";

/**
 * @typedef {object} Aead a cipher with its key inside
 * @property {(nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array) => Promise<Uint8Array>} seal with a tag of 16 bytes behind
 * @property {(nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array) => Promise<Uint8Array>} open throws SealFault
 * @property {() => void} forget
 *
 * @typedef {object} Secret what keys are derived from (HKDF-Expand, RFC 5869)
 * @property {(info: Uint8Array) => Promise<Aead>} aead
 * @property {(info: Uint8Array, data: Uint8Array) => Promise<Uint8Array>} mac HMAC under a derived key, 32 bytes
 * @property {() => void} forget
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {"P-256" | "SM2"} curve of the hall key
 * @property {number} hallWrapBytes half a key, wrapped to the hall
 * @property {(...parts: Uint8Array[]) => Promise<Uint8Array>} hash 32 bytes
 * @property {(both: Uint8Array, salt: Uint8Array) => Promise<Secret>} secret HKDF-Extract; `both` is not needed any more afterwards
 * @property {(words: Uint8Array, salt: Uint8Array, rounds: number) => Promise<Aead>} slowly PBKDF2
 */

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const HALF_BYTES = 32;

/** @type {Suite} */
export const INTERNATIONAL = international;

/** 商用密码. @type {Suite} */
export const COMMERCIAL = commercial;

/**
 * The suite of that name.
 * @param {unknown} name
 */
export function suiteNamed(name) {
  const found = [INTERNATIONAL, COMMERCIAL].find((suite) => suite.name === name);
  if (!found) throw new SealFault("E_SEAL_SUITE", { suite: `${INTERNATIONAL.name} / ${COMMERCIAL.name}` });
  return found;
}

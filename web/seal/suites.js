// @ts-check
/** The two fixed suites: a hash, an authenticated cipher and a curve that belong together. See engine/sealing/SEALING.md. */
import { fromHex, join, utf8 } from "../shared/bytes.js";
import { sm3, sm4 } from "../vendor/sm.js";
import { P256, SM2 } from "./curves.js";
import { SealFault } from "./fault.js";

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {number} keyBytes
 * @property {import("./curves.js").Curve} curve of the hall key
 * @property {(...parts: Uint8Array[]) => Promise<Uint8Array>} hash 32 bytes
 * @property {(key: Uint8Array, ...parts: Uint8Array[]) => Promise<Uint8Array>} mac HMAC, 32 bytes
 * @property {(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array) => Promise<Uint8Array>} seal
 * @property {(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array) => Promise<Uint8Array>} open throws SealFault
 */

const TAG = 16;
const AES = { name: "AES-GCM", tagLength: TAG * 8 };
const HMAC = { name: "HMAC", hash: "SHA-256" };

/** @param {Uint8Array} bytes */
export function buffer(bytes) {
  return /** @type {Uint8Array<ArrayBuffer>} */ (bytes);
}

/** @type {Suite} */
export const INTERNATIONAL = {
  name: "P256-HPKE/SHA-256/AES-256-GCM",
  keyBytes: 32,
  curve: P256,
  hash: async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", buffer(join(...parts)))),
  async mac(key, ...parts) {
    // WebCrypto refuses an empty key; for HMAC it is the same as one of zeros.
    const bytes = key.length ? key : new Uint8Array(32);
    const own = await crypto.subtle.importKey("raw", buffer(bytes), HMAC, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign(HMAC, own, buffer(join(...parts))));
  },
  async seal(key, nonce, plain, aad) {
    const own = await crypto.subtle.importKey("raw", buffer(key), AES.name, false, ["encrypt"]);
    const how = { ...AES, iv: buffer(nonce), additionalData: buffer(aad) };
    return new Uint8Array(await crypto.subtle.encrypt(how, own, buffer(plain)));
  },
  async open(key, nonce, sealed, aad) {
    const own = await crypto.subtle.importKey("raw", buffer(key), AES.name, false, ["decrypt"]);
    const how = { ...AES, iv: buffer(nonce), additionalData: buffer(aad) };
    try {
      return new Uint8Array(await crypto.subtle.decrypt(how, own, buffer(sealed)));
    } catch {
      throw new SealFault("E_WRONG_KEY");
    }
  },
};

/** 商用密码. @type {Suite} */
export const COMMERCIAL = {
  name: "SM2/SM3/SM4-GCM",
  keyBytes: 16,
  curve: SM2,
  hash: async (...parts) => fromHex(sm3(join(...parts))),
  mac: async (key, ...parts) => fromHex(sm3(join(...parts), { key, mode: "hmac" })),
  async seal(key, nonce, plain, aad) {
    const made = sm4.encrypt(plain, key, gcm(nonce, aad));
    return join(made.output, /** @type {Uint8Array} */ (made.tag));
  },
  async open(key, nonce, sealed, aad) {
    const tag = sealed.subarray(sealed.length - TAG);
    try {
      return sm4.decrypt(sealed.subarray(0, sealed.length - TAG), key, { ...gcm(nonce, aad), tag });
    } catch {
      throw new SealFault("E_WRONG_KEY");
    }
  },
};

/**
 * The suite of that name.
 * @param {string} name
 */
export function suiteNamed(name) {
  const found = [INTERNATIONAL, COMMERCIAL].find((suite) => suite.name === name);
  if (!found) throw new SealFault("E_SEAL_SUITE");
  return found;
}

/**
 * HKDF-Expand (RFC 5869).
 * @param {Suite} suite
 * @param {Uint8Array} secret
 * @param {Uint8Array} info
 * @param {number} length
 */
export async function expand(suite, secret, info, length) {
  let [out, block] = [new Uint8Array(), new Uint8Array()];
  for (let count = 1; out.length < length; count++) {
    block = buffer(await suite.mac(secret, block, info, Uint8Array.of(count)));
    out = buffer(join(out, block));
  }
  return out.subarray(0, length);
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
 * @param {Uint8Array} iv
 * @param {Uint8Array} associatedData
 */
function gcm(iv, associatedData) {
  return /** @type {const} */ ({ mode: "gcm", output: "array", padding: "none", outputTag: true, iv, associatedData });
}

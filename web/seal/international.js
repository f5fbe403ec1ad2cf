// @ts-check
/** P-256, SHA-256, AES-256-GCM, all of it the browser's own. No derived key ever stands in memory that a script can read. */
import { join } from "../shared/bytes.js";
import { buffer } from "./bytes.js";
import { SealFault } from "./fault.js";

const AES = { name: "AES-GCM", length: 256 };
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 };
const TAG_BITS = 128;

/** @type {import("./suites.js").Suite} */
export const international = {
  name: "P256-HPKE/SHA-256/AES-256-GCM",
  curve: "P-256",
  hallWrapBytes: 113,
  hash: async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", buffer(join(...parts)))),

  async secret(both, salt) {
    const key = await crypto.subtle.importKey("raw", buffer(both), "HKDF", false, ["deriveKey"]);
    const how = (/** @type {Uint8Array} */ info) => ({ name: "HKDF", hash: "SHA-256", salt: buffer(salt), info: buffer(info) });
    return {
      aead: async (info) => aead(await crypto.subtle.deriveKey(how(info), key, AES, false, ["encrypt", "decrypt"])),
      async mac(info, data) {
        const own = await crypto.subtle.deriveKey(how(info), key, HMAC, false, ["sign"]);
        return new Uint8Array(await crypto.subtle.sign("HMAC", own, buffer(data)));
      },
      forget() {},
    };
  },

  async slowly(words, salt, rounds) {
    const key = await crypto.subtle.importKey("raw", buffer(words), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: buffer(salt), iterations: rounds };
    return aead(await crypto.subtle.deriveKey(how, key, AES, false, ["encrypt", "decrypt"]));
  },
};

/**
 * @param {CryptoKey} key
 * @returns {import("./suites.js").Aead}
 */
export function aead(key) {
  const how = (/** @type {Uint8Array} */ nonce, /** @type {Uint8Array} */ aad) => ({
    name: AES.name,
    tagLength: TAG_BITS,
    iv: buffer(nonce),
    additionalData: buffer(aad),
  });
  return {
    seal: async (nonce, plain, aad) => new Uint8Array(await crypto.subtle.encrypt(how(nonce, aad), key, buffer(plain))),
    async open(nonce, sealed, aad) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt(how(nonce, aad), key, buffer(sealed)));
      } catch {
        throw new SealFault("E_WRONG_KEY");
      }
    },
    forget() {},
  };
}

// @ts-check
/** 商用密码: SM2, SM3, SM4-GCM. Browsers have none of it, so keys are bytes here, and are written over when they have served. */
import { join } from "../shared/bytes.js";
import { SealFault } from "./fault.js";
import { hmacSm3, sm3 } from "./sm3.js";
import { Sm4Gcm } from "./sm4.js";

const KEY_BYTES = 16;

/** So many rounds of PBKDF2 take a few hundredths of a second; then the page is let go on. */
const ROUNDS_AT_ONCE = 10_000;

/** @type {import("./suites.js").Suite} */
export const commercial = {
  name: "SM2/SM3/SM4-GCM",
  curve: "SM2",
  hallWrapBytes: 161,
  hash: async (...parts) => sm3(...parts),

  async secret(both, salt) {
    const secret = hmacSm3(salt)(both);
    return {
      aead: async (info) => aead(expand(secret, info, KEY_BYTES)),
      async mac(info, data) {
        const key = expand(secret, info, 32);
        const made = hmacSm3(key)(data);
        key.fill(0);
        return made;
      },
      forget: () => void secret.fill(0),
    };
  },

  async slowly(words, salt, rounds) {
    const mac = hmacSm3(words);
    let block = mac(salt, Uint8Array.of(0, 0, 0, 1));
    const key = block.slice();
    for (let round = 1; round < rounds; round++) {
      block = mac(block);
      for (let at = 0; at < KEY_BYTES; at++) key[at] ^= block[at];
      if (round % ROUNDS_AT_ONCE === 0) await others();
    }
    return aead(key.subarray(0, KEY_BYTES));
  },
};

/**
 * HKDF-Expand (RFC 5869).
 * @param {Uint8Array} secret
 * @param {Uint8Array} info
 * @param {number} length
 */
export function expand(secret, info, length) {
  const mac = hmacSm3(secret);
  /** @type {Uint8Array[]} */
  const blocks = [];
  for (let count = 1; 32 * blocks.length < length; count++)
    blocks.push(mac(blocks.at(-1) ?? new Uint8Array(), info, Uint8Array.of(count)));
  return join(...blocks).slice(0, length);
}

/**
 * @param {Uint8Array} key written over by this
 * @returns {import("./suites.js").Aead}
 */
function aead(key) {
  const cipher = new Sm4Gcm(key);
  key.fill(0);
  return {
    async seal(nonce, plain, aad) {
      await others();
      return cipher.seal(nonce, plain, aad);
    },
    async open(nonce, sealed, aad) {
      await others();
      const plain = cipher.open(nonce, sealed, aad);
      if (!plain) throw new SealFault("E_WRONG_KEY");
      return plain;
    },
    forget: () => cipher.forget(),
  };
}

/** Lets the page draw and answer before going on. A message, for timers are held back in a page that is not looked at. */
function others() {
  return new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go(undefined);
    };
    port2.postMessage(null);
  });
}

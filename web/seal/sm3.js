// @ts-check
/** SM3 (GB/T 32905) and HMAC over it. Browsers have no SM3, and what libraries offer is too slow for 600,000 rounds and for gibibytes. */

const BLOCK = 64;
const START = Int32Array.of(
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
);
/** T, turned by the round, as the rounds want it. */
const TURNED = Int32Array.from({ length: 64 }, (_, j) => rotl(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32));

/** @param {number} x @param {number} by */
function rotl(x, by) {
  return (x << by) | (x >>> (32 - by));
}

/** @param {Uint8Array} data @param {number} at @param {number} word */
function write(data, at, word) {
  data[at] = word >>> 24;
  data[at + 1] = word >>> 16;
  data[at + 2] = word >>> 8;
  data[at + 3] = word;
}

/** A digest being made. */
export class Sm3 {
  #state = START.slice();
  #held = new Uint8Array(BLOCK);
  #words = new Int32Array(68);
  #bytes = 0;

  /** @param {Uint8Array} data */
  update(data) {
    let at = 0;
    const filled = this.#bytes % BLOCK;
    this.#bytes += data.length;
    if (filled) {
      at = Math.min(BLOCK - filled, data.length);
      this.#held.set(data.subarray(0, at), filled);
      if (filled + at < BLOCK) return this;
      this.#take(this.#held, 0);
    }
    for (; at + BLOCK <= data.length; at += BLOCK) this.#take(data, at);
    this.#held.set(data.subarray(at));
    return this;
  }

  /** The digest of what was taken in, 32 bytes; nothing can be added after. */
  digest() {
    const filled = this.#bytes % BLOCK;
    const bits = this.#bytes * 8;
    this.#held.fill(0, filled);
    this.#held[filled] = 0x80;
    if (filled >= BLOCK - 8) {
      this.#take(this.#held, 0);
      this.#held.fill(0);
    }
    write(this.#held, BLOCK - 8, Math.floor(bits / 2 ** 32));
    write(this.#held, BLOCK - 4, bits);
    this.#take(this.#held, 0);
    const out = new Uint8Array(32);
    for (let at = 0; at < 8; at++) write(out, 4 * at, this.#state[at]);
    return out;
  }

  /** Goes on from where `other` stands. @param {Sm3} other */
  from(other) {
    this.#state.set(other.#state);
    this.#held.set(other.#held);
    this.#bytes = other.#bytes;
    return this;
  }

  /** @param {Uint8Array} data @param {number} at of a whole block */
  #take(data, at) {
    const w = this.#words;
    for (let j = 0; j < 16; j++, at += 4) w[j] = (data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3];
    for (let j = 16; j < 68; j++) {
      const x = w[j - 16] ^ w[j - 9] ^ rotl(w[j - 3], 15);
      w[j] = x ^ rotl(x, 15) ^ rotl(x, 23) ^ rotl(w[j - 13], 7) ^ w[j - 6];
    }
    const state = this.#state;
    let [a, b, c, d] = [state[0], state[1], state[2], state[3]];
    let [e, f, g, h] = [state[4], state[5], state[6], state[7]];
    for (let j = 0; j < 64; j++) {
      const turned = rotl(a, 12);
      const one = rotl((turned + e + TURNED[j]) | 0, 7);
      const two = one ^ turned;
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const left = (ff + d + two + (w[j] ^ w[j + 4])) | 0;
      const right = (gg + h + one + w[j]) | 0;
      d = c;
      c = rotl(b, 9);
      b = a;
      a = left;
      h = g;
      g = rotl(f, 19);
      f = e;
      e = right ^ rotl(right, 9) ^ rotl(right, 17);
    }
    state[0] ^= a;
    state[1] ^= b;
    state[2] ^= c;
    state[3] ^= d;
    state[4] ^= e;
    state[5] ^= f;
    state[6] ^= g;
    state[7] ^= h;
  }
}

/** @param {...Uint8Array} parts */
export function sm3(...parts) {
  const hasher = new Sm3();
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}

/**
 * HMAC-SM3 with one key, as often as wanted.
 * @param {Uint8Array} key
 * @returns {(...parts: Uint8Array[]) => Uint8Array}
 */
export function hmacSm3(key) {
  const padded = new Uint8Array(BLOCK);
  padded.set(key.length > BLOCK ? sm3(key) : key);
  const inner = new Sm3().update(padded.map((byte) => byte ^ 0x36));
  const outer = new Sm3().update(padded.map((byte) => byte ^ 0x5c));
  padded.fill(0);
  const hasher = new Sm3();
  return (...parts) => {
    hasher.from(inner);
    for (const part of parts) hasher.update(part);
    const digest = hasher.digest();
    return hasher.from(outer).update(digest).digest();
  };
}

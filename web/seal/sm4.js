// @ts-check
/**
 * SM4 (GB/T 32907) in Galois counter mode (RFC 8998). Browsers have no SM4. Tables are looked up by secret bytes: whoever can measure the cache of
 * this very machine while it seals could learn of the key.
 */
import { fromHex, join } from "../shared/bytes.js";
import { ghash } from "../vendor/noble-ciphers.js";
import { same } from "./bytes.js";

const TAG = 16;
const SBOX = fromHex(
  "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa441326498606999c4250f491ef987a33540b43edcfac62e4b31ca9c908e89580df94fa758f3fa6" +
  "4707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d351e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89e" +
  "eabf8ad240c738b5a3f7f2cef96115a1e0ae5da49b341a55ad933230f58cb1e31df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51" +
  "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b08969974a0c96777e65b9f109c56ec68418f07dec3adc4d2079ee5f3ed7cb3948",
);
const FAMILY = Uint32Array.of(0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc);

/** S-box and diffusion together, for a byte at each of the four places. */
const TABLES = [24, 16, 8, 0].map((place) => Int32Array.from(SBOX, (byte) => spread(byte << place)));

/** @param {number} x @param {number} by */
function rotl(x, by) {
  return (x << by) | (x >>> (32 - by));
}

/** @param {number} x */
function spread(x) {
  return x ^ rotl(x, 2) ^ rotl(x, 10) ^ rotl(x, 18) ^ rotl(x, 24);
}

/** One key of 16 bytes, held until it is forgotten. */
export class Sm4Gcm {
  /** @param {Uint8Array} key */
  constructor(key) {
    this.rounds = roundKeys(key);
    this.hash = new Uint8Array(16);
    this.#stream(new Uint8Array(16), this.hash);
  }

  /**
   * Ciphertext, with its tag of 16 bytes behind it.
   * @param {Uint8Array} nonce 12 bytes
   * @param {Uint8Array} plain
   * @param {Uint8Array} aad
   */
  seal(nonce, plain, aad) {
    const out = new Uint8Array(plain.length + TAG);
    out.set(plain);
    const body = out.subarray(0, plain.length);
    this.#stream(join(nonce, Uint8Array.of(0, 0, 0, 2)), body);
    out.set(this.#tag(nonce, body, aad), plain.length);
    return out;
  }

  /**
   * What was sealed; null for another key, nonce, header or ciphertext.
   * @param {Uint8Array} nonce
   * @param {Uint8Array} sealed
   * @param {Uint8Array} aad
   */
  open(nonce, sealed, aad) {
    if (sealed.length < TAG) return null;
    const body = sealed.slice(0, -TAG);
    const tag = this.#tag(nonce, body, aad);
    if (!same(tag, sealed.subarray(body.length))) return null;
    this.#stream(join(nonce, Uint8Array.of(0, 0, 0, 2)), body);
    return body;
  }

  forget() {
    this.rounds.fill(0);
    this.hash.fill(0);
  }

  /** @param {Uint8Array} nonce @param {Uint8Array} body @param {Uint8Array} aad */
  #tag(nonce, body, aad) {
    const lengths = new DataView(new ArrayBuffer(16));
    lengths.setUint32(4, aad.length * 8);
    lengths.setUint32(8, Math.floor(body.length / 2 ** 29));
    lengths.setUint32(12, (body.length * 8) >>> 0);
    const hasher = ghash.create(this.hash, aad.length + body.length + 16);
    const tag = hasher.update(aad).update(body).update(new Uint8Array(lengths.buffer)).digest();
    this.#stream(join(nonce, Uint8Array.of(0, 0, 0, 1)), tag);
    return tag;
  }

  /** The keystream from `counter` on, laid over `data` where it stands. @param {Uint8Array} counter 16 bytes @param {Uint8Array} data */
  #stream(counter, data) {
    const begin = new DataView(counter.buffer, counter.byteOffset, 16);
    const [c0, c1, c2, c3] = [0, 4, 8, 12].map((at) => begin.getInt32(at));
    const [t0, t1, t2, t3] = TABLES;
    const rounds = this.rounds;
    for (let at = 0, count = 0; at < data.length; at += 16, count++) {
      let [a, b, c, d] = [c0, c1, c2, (c3 + count) | 0];
      for (let round = 0; round < 32; round++) {
        const x = b ^ c ^ d ^ rounds[round];
        const next = a ^ t0[x >>> 24] ^ t1[(x >>> 16) & 255] ^ t2[(x >>> 8) & 255] ^ t3[x & 255];
        a = b;
        b = c;
        c = d;
        d = next;
      }
      lay(data, at, d);
      lay(data, at + 4, c);
      lay(data, at + 8, b);
      lay(data, at + 12, a);
    }
  }
}

/** @param {Uint8Array} data writes past its end are lost, as a keystream's rest is @param {number} at @param {number} word */
function lay(data, at, word) {
  data[at] ^= word >>> 24;
  data[at + 1] ^= word >>> 16;
  data[at + 2] ^= word >>> 8;
  data[at + 3] ^= word;
}

/** @param {Uint8Array} key */
function roundKeys(key) {
  if (key.length !== 16) throw new RangeError("an SM4 key is 16 bytes");
  const view = new DataView(key.buffer, key.byteOffset, 16);
  const k = [0, 1, 2, 3].map((at) => view.getInt32(4 * at) ^ FAMILY[at]);
  const rounds = new Int32Array(32);
  for (let round = 0; round < 32; round++) {
    const fixed = [0, 1, 2, 3].reduce((word, at) => (word << 8) | (((4 * round + at) * 7) & 255), 0);
    const x = k[1] ^ k[2] ^ k[3] ^ fixed;
    const y = [24, 16, 8, 0].reduce((word, place) => word | (SBOX[(x >>> place) & 255] << place), 0);
    const next = k[0] ^ y ^ rotl(y, 13) ^ rotl(y, 23);
    rounds[round] = next;
    k.shift();
    k.push(next);
  }
  return rounds;
}

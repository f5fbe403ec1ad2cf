// @ts-check
/** The data key, which nobody holds alone: K1, the bidder's half, xor K2, the hall's. */
import { fromHex, toHex } from "../shared/bytes.js";
import { random, same, xor } from "./bytes.js";
import { SealFault } from "./fault.js";
import { ChunkCipher, contentDigest } from "./parts.js";
import { HALF_BYTES } from "./suites.js";

/** Both halves, while sealing: bytes, for they are what is wrapped. */
export class Halves {
  /** @param {(length: number) => Uint8Array} [chance] random bytes; only tests hand in others */
  constructor(chance = random) {
    this.own = chance(HALF_BYTES);
    this.hall = chance(HALF_BYTES);
  }

  forget() {
    this.own.fill(0);
    this.hall.fill(0);
  }
}

/** What both halves together give. */
export class DataKey {
  /**
   * @param {import("./context.js").Context} context
   * @param {Uint8Array} own
   * @param {Uint8Array} hall
   */
  static async of(context, own, hall) {
    const both = xor(own, hall);
    const secret = await context.suite.secret(both, await context.digest());
    both.fill(0);
    return new DataKey(context, secret);
  }

  /** @param {import("./context.js").Context} context @param {import("./suites.js").Secret} secret */
  constructor(context, secret) {
    this.context = context;
    this.secret = secret;
  }

  /** What seals and opens the chunks of a part. @param {import("./parts.js").PartName} name @param {number} chunks */
  cipher(name, chunks) {
    return ChunkCipher.of(this.context, this.secret, name, chunks);
  }

  /** `kc`: this data key, and no other, belongs to this ciphertext. @param {import("./parts.js").Part[]} parts */
  async commitment(parts) {
    const { suite } = this.context;
    return this.secret.mac(await this.context.purpose("key commitment"), await contentDigest(suite, parts));
  }

  forget() {
    this.secret.forget();
  }
}

/**
 * By which a half is recognised without the other.
 * @param {import("./context.js").Context} context
 * @param {"own" | "hall"} which
 * @param {Uint8Array} half
 */
export async function halfDigest(context, which, half) {
  return context.suite.hash(await context.purpose(`half ${which}`), half);
}

/**
 * Throws SealFault unless `half` is the one that was committed to.
 * @param {import("./manifest.js").Manifest} manifest
 * @param {"own" | "hall"} which
 * @param {Uint8Array} half
 */
export async function checkHalf({ context, said }, which, half) {
  const digest = await halfDigest(context, which, half);
  if (half.length !== HALF_BYTES || !same(digest, fromHex(said[`half_${which}`]))) throw new SealFault("E_REVEAL_MISMATCH", { which });
}

/**
 * The data key of an envelope, checked against everything it was committed to.
 * @param {import("./manifest.js").Manifest} manifest
 * @param {Uint8Array} own
 * @param {Uint8Array} hall
 */
export async function dataKey(manifest, own, hall) {
  await checkHalf(manifest, "own", own);
  await checkHalf(manifest, "hall", hall);
  const key = await DataKey.of(manifest.context, own, hall);
  if (toHex(await key.commitment(manifest.parts)) !== manifest.said.kc) throw new SealFault("E_REVEAL_MISMATCH", { which: "kc" });
  return key;
}

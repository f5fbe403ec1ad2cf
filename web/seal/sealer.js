// @ts-check
/**
 * Seals one envelope in the bidder's hands, chunk by chunk, and opens it again at once. Runs in a page or in a worker; keeps nothing.
 *
 * The same bytes as `engine/sealing`: both are held to `engine/sealing/vectors.json`.
 */
import { fromHex, join, toHex, utf8 } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { SealFault } from "./fault.js";
import { spkiOf, wrap, xor } from "./keys.js";
import { ChunkCipher, Context, FORMAT, Rooting, chunkDigest, contentDigest } from "./parts.js";
import { buffer, expand, suiteNamed } from "./suites.js";

const HALF = 32;
const SEED = 48;
const RECOVERY_ROUNDS = 600_000;

/**
 * @typedef {object} Hall the tender's hall key, as its statement says
 * @property {string} suite
 * @property {string} tender
 * @property {string[]} trustees
 * @property {string[]} commitments
 */

/** @typedef {{der: Uint8Array, spki: Uint8Array}} Credential a certificate and the key in it */

/** @param {number} length */
function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Makes both halves of the data key and holds them until it is dropped. */
export class Sealer {
  /** @type {import("./parts.js").Part[]} */
  #parts = [];

  /**
   * @param {string} hallText the hall key's statement, as published
   * @param {{section: string, bidder: string, version: number}} names
   * @param {(length: number) => Uint8Array} [chance] random bytes; only tests hand in others
   */
  constructor(hallText, names, chance = random) {
    this.hallText = hallText;
    this.hall = /** @type {Hall} */ (JSON.parse(hallText));
    this.suite = suiteNamed(this.hall.suite);
    this.context = new Context(this.suite, { tender: this.hall.tender, ...names });
    this.chance = chance;
    this.own = chance(HALF);
    this.hallHalf = chance(HALF);
  }

  /**
   * The sealed chunks of a part, one by one: first the sheet, then the documents.
   * @param {import("./parts.js").PartName} name
   * @param {number} chunks
   * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} plain exactly as many whole chunks
   */
  async *seal(name, chunks, plain) {
    const cipher = await ChunkCipher.of(this.context, await secretOf(this.context, this.own, this.hallHalf), name, chunks);
    const rooting = new Rooting(this.suite);
    for await (const chunk of plain) {
      const sealed = await cipher.seal(rooting.count, chunk);
      const digest = await chunkDigest(this.suite, sealed);
      await rooting.add(digest);
      yield { sealed, digest };
    }
    if (rooting.count !== chunks) throw new RangeError(`${rooting.count} chunks of ${chunks}`);
    this.#parts.push({ name, chunks, root: await rooting.root() });
  }

  /**
   * The manifest in its one spelling, to be signed after {@link SIGNED}.
   * @param {{signing: Credential, encryption: Credential, remedy: boolean}} bidder
   */
  async finish({ signing, encryption, remedy }) {
    const { suite, context } = this;
    const hallSpki = spkiOf(suite.curve, fromHex(this.hall.commitments[0]));
    const secret = await secretOf(context, this.own, this.hallHalf);
    /** @type {(spki: Uint8Array, half: Uint8Array, what: string) => Promise<string>} */
    const wrapped = async (spki, half, what) =>
      toHex(await wrap(spki, half, await context.purpose(what), this.chance(SEED)));
    const { tender, section, bidder, version } = context.names;
    return canonical({
      format: FORMAT,
      suite: suite.name,
      tender,
      section,
      bidder,
      version,
      parts: this.#parts.map((part) => ({ ...part, root: toHex(part.root) })),
      hall: toHex(await suite.hash(utf8(this.hallText))),
      signing: toHex(await suite.hash(signing.der)),
      encryption: toHex(await suite.hash(encryption.der)),
      kc: await commitment(context, secret, this.#parts),
      half_own: await halfDigest(context, "own", this.own),
      half_hall: await halfDigest(context, "hall", this.hallHalf),
      wrap_own: await wrapped(encryption.spki, this.own, "own"),
      wrap_hall: await wrapped(hallSpki, this.hallHalf, "hall"),
      wrap_remedy: remedy ? await wrapped(hallSpki, this.own, "remedy") : undefined,
    });
  }

  /**
   * The recovery file of the envelope.
   * @param {string} manifestText
   * @param {string} passphrase at least 10 characters
   */
  async recovery(manifestText, passphrase, rounds = RECOVERY_ROUNDS) {
    if ([...passphrase].length < 10) throw new SealFault("E_PASSPHRASE");
    const { suite, context } = this;
    const [salt, nonce] = [this.chance(16), this.chance(12)];
    const key = await slowly(suite, passphrase, salt, rounds);
    const sealed = await suite.seal(key, nonce, this.own, await context.purpose("recovery"));
    return canonical({
      format: `${FORMAT} recovery`,
      suite: suite.name,
      ...context.names,
      manifest: toHex(await suite.hash(utf8(manifestText))),
      rounds,
      salt: toHex(salt),
      nonce: toHex(nonce),
      sealed: toHex(sealed),
    });
  }

  /**
   * The self-test: the ciphers of all parts, as the opening will get them from the half that the bidder's key or recovery file gave back.
   * @param {string} manifestText
   * @param {Uint8Array} own
   */
  selfTest(manifestText, own) {
    return openWith(this.context, manifestText, own, this.hallHalf);
  }
}

/** What stands before the manifest where it is signed. */
export const SIGNED = `${FORMAT} manifest\n`;

/**
 * The ciphers of all parts, from both halves, checked against everything the manifest commits to.
 * @param {Context} context
 * @param {string} manifestText
 * @param {Uint8Array} own
 * @param {Uint8Array} hall
 */
export async function openWith(context, manifestText, own, hall) {
  const said = JSON.parse(manifestText);
  if (canonical(said) !== manifestText) throw new SealFault("E_SEAL_MANIFEST", { where: "manifest" });
  for (const [which, half] of /** @type {const} */ ([["own", own], ["hall", hall]]))
    if (half.length !== HALF || (await halfDigest(context, which, half)) !== said[`half_${which}`])
      throw new SealFault("E_REVEAL_MISMATCH", { which });
  const secret = await secretOf(context, own, hall);
  /** @type {import("./parts.js").Part[]} */
  const parts = said.parts.map((/** @type {any} */ part) => ({ ...part, root: fromHex(part.root) }));
  if ((await commitment(context, secret, parts)) !== said.kc) throw new SealFault("E_REVEAL_MISMATCH", { which: "kc" });
  return Promise.all(parts.map((part) => ChunkCipher.of(context, secret, part.name, part.chunks)));
}

/**
 * K1 from a recovery file.
 * @param {Context} context
 * @param {string} text
 * @param {string} passphrase
 */
export async function openRecovery(context, text, passphrase) {
  const said = JSON.parse(text);
  const rounds = said.rounds;
  if (canonical(said) !== text || !Number.isInteger(rounds) || rounds < 100_000 || rounds > 5_000_000)
    throw new SealFault("E_RECOVERY_FILE", { where: "rounds" });
  const key = await slowly(context.suite, passphrase, fromHex(said.salt), rounds);
  try {
    return await context.suite.open(key, fromHex(said.nonce), fromHex(said.sealed), await context.purpose("recovery"));
  } catch {
    throw new SealFault("E_PASSPHRASE");
  }
}

/**
 * HKDF-Extract of K1 xor K2, salted with the context.
 * @param {Context} context
 * @param {Uint8Array} own
 * @param {Uint8Array} hall
 */
async function secretOf(context, own, hall) {
  return context.suite.mac(await context.digest(), xor(own, hall));
}

/**
 * @param {Context} context
 * @param {"own" | "hall"} which
 * @param {Uint8Array} half
 */
async function halfDigest(context, which, half) {
  return toHex(await context.suite.hash(await context.purpose(`half ${which}`), half));
}

/**
 * @param {Context} context
 * @param {Uint8Array} secret
 * @param {import("./parts.js").Part[]} parts
 */
async function commitment(context, secret, parts) {
  const key = await expand(context.suite, secret, await context.purpose("key commitment"), 32);
  return toHex(await context.suite.mac(key, await contentDigest(context.suite, parts)));
}

/**
 * PBKDF2 with the hash of the suite.
 * @param {import("./suites.js").Suite} suite
 * @param {string} passphrase
 * @param {Uint8Array} salt
 * @param {number} rounds
 */
async function slowly(suite, passphrase, salt, rounds) {
  if (suite.keyBytes === 32) {
    const words = await crypto.subtle.importKey("raw", buffer(utf8(passphrase)), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: buffer(salt), iterations: rounds };
    return new Uint8Array(await crypto.subtle.deriveBits(how, words, 256));
  }
  const words = utf8(passphrase);
  let block = await suite.mac(words, join(salt, Uint8Array.of(0, 0, 0, 1)));
  let key = block;
  for (let round = 1; round < rounds; round++) {
    block = await suite.mac(words, block);
    key = xor(key, block);
  }
  return key.subarray(0, suite.keyBytes);
}

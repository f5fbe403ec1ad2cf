// @ts-check
/**
 * Seals one envelope in the bidder's hands, and opens every chunk of it again at once. Files are read a chunk at a time; a chunk that got lost on its
 * way is made anew from the file and not kept.
 *
 * The same bytes as `engine/sealing`: both are held to `engine/sealing/vectors.json`.
 */
import { toHex, utf8 } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { same } from "./bytes.js";
import { Documents, packSheet } from "./content.js";
import { Context, FORMAT } from "./context.js";
import { SealFault } from "./fault.js";
import { DataKey, Halves, dataKey, halfDigest } from "./halves.js";
import { verify, wrap } from "./keys.js";
import { readManifest, signedBytes } from "./manifest.js";
import { PART_NAMES, Rooting, chunkDigest } from "./parts.js";
import { DocumentsReader, unpackSheet } from "./reading.js";
import { PASSPHRASE_CHARS_MIN, openRecovery, writeRecovery } from "./recovery.js";

/**
 * @typedef {object} Bid
 * @property {import("./hall.js").Hall} hall the tender's hall key
 * @property {string} section
 * @property {string} bidder
 * @property {number} version from 1; each replacement has the next
 * @property {boolean} remedy whether the tender announces that trustees may open for a bidder who cannot (补救方案)
 * @property {import("./content.js").SheetContent} sheet
 * @property {import("./content.js").FileLike[]} files
 *
 * @typedef {object} Bidder
 * @property {import("./keys.js").Credential} signing
 * @property {import("./keys.js").Credential} encryption
 * @property {Pick<import("./keys.js").PrivateKey, "sign">} signingKey
 * @property {Pick<import("./keys.js").PrivateKey, "unwrap"> | null} encryptionKey null if it is not at hand; the recovery file alone is then tried
 *
 * @typedef {object} Chunk
 * @property {import("./parts.js").PartName} part
 * @property {number} index from 0
 * @property {number} of so many chunks has the part
 * @property {Uint8Array} sealed
 * @property {Uint8Array} digest
 *
 * @typedef {object} Envelope what goes to the house after the chunks; the recovery file stays with the bidder
 * @property {import("./manifest.js").Manifest} manifest
 * @property {Uint8Array} signature
 * @property {import("./keys.js").Credential} signing
 * @property {import("./keys.js").Credential} encryption
 * @property {Record<string, Uint8Array[]>} digests of all chunks, by part
 * @property {string} recovery
 */

/** @typedef {(done: number, of: number) => void} Told */

export class Sealer {
  /** @type {Halves} */
  #halves;
  /** @type {DataKey | null} */
  #key = null;
  /** @type {DataKey | null} */
  #again = null;
  /** @type {import("./parts.js").ChunkCipher[]} */
  #ciphers = [];
  /** @type {import("./parts.js").Part[]} */
  #parts = [];
  /** @type {Record<string, string>} */
  #wraps = {};
  /** @type {Record<string, Uint8Array[]>} */
  #digests = {};

  /**
   * @param {Bid} bid
   * @param {Bidder} bidder
   * @param {{passphrase: string, signal?: AbortSignal, told?: Told, chance?: (length: number) => Uint8Array, rounds?: number}} how `chance` and
   *   `rounds` are for tests
   */
  constructor(bid, bidder, { passphrase, signal, told = () => {}, chance, rounds }) {
    if ([...passphrase].length < PASSPHRASE_CHARS_MIN) throw new SealFault("E_PASSPHRASE");
    const { section, bidder: who, version } = bid;
    this.context = new Context(bid.hall.suite, { tender: bid.hall.tender, section, bidder: who, version });
    this.bid = bid;
    const { signing, encryption, signingKey, encryptionKey } = bidder;
    this.certificates = { signing, encryption };
    /** Dropped when they have served. @type {Pick<Bidder, "signingKey" | "encryptionKey"> | null} */
    this.keys = { signingKey, encryptionKey };
    this.passphrase = passphrase;
    this.signal = signal;
    this.told = told;
    this.rounds = rounds;
    this.sheet = packSheet(bid.sheet);
    this.documents = bid.files.length ? new Documents(bid.files) : null;
    this.#halves = new Halves(chance);
  }

  /** How many chunks there will be. */
  get count() {
    return 1 + (this.documents?.chunks ?? 0);
  }

  /**
   * All chunks, the sheet's first, each sealed and opened again.
   * @returns {AsyncGenerator<Chunk, void>}
   */
  async *chunks() {
    await this.#begin();
    for (const part of PART_NAMES.slice(0, this.documents ? 2 : 1)) {
      const of = this.#chunksOf(part);
      const cipher = await /** @type {DataKey} */ (this.#key).cipher(part, of);
      const opener = await /** @type {DataKey} */ (this.#again).cipher(part, of);
      const [rooting, read] = [new Rooting(this.context.suite), this.#reading(part)];
      /** @type {Uint8Array[]} */
      const digests = [];
      this.#digests[part] = digests;
      this.#ciphers.push(cipher);
      for (let index = 0; index < of; index++) {
        this.signal?.throwIfAborted();
        const plain = await this.#plain(part, index);
        const sealed = await cipher.seal(index, plain);
        const opened = await opener.open(index, sealed);
        if (!same(opened, plain)) throw new SealFault("E_CHUNK_HASH", { part, chunk: index });
        read.feed(opened);
        const digest = await chunkDigest(this.context.suite, sealed);
        await rooting.add(digest);
        digests.push(digest);
        this.told((part === "sheet" ? 0 : 1) + index + 1, this.count);
        yield { part, index, of, sealed, digest };
      }
      read.end();
      opener.forget();
      this.#parts.push({ name: part, chunks: of, root: await rooting.root() });
    }
  }

  /**
   * A chunk once more, for one that did not arrive; throws SealFault if its file is not what it was: two texts are never sealed under one nonce.
   * @param {import("./parts.js").PartName} part
   * @param {number} index
   * @returns {Promise<Chunk>}
   */
  async again(part, index) {
    const digest = this.#digests[part]?.[index];
    if (!digest) throw new RangeError("not sealed yet");
    const sealed = await this.#ciphers[PART_NAMES.indexOf(part)].seal(index, await this.#plain(part, index));
    if (!same(await chunkDigest(this.context.suite, sealed), digest))
      throw new SealFault("E_SEAL_CONTENT", { part, where: "changed" });
    return { part, index, of: this.#chunksOf(part), sealed, digest };
  }

  /**
   * Manifest, signature and recovery file, after the last chunk; all of it read again and checked as the opening will.
   * @returns {Promise<Envelope>}
   */
  async finish() {
    this.signal?.throwIfAborted();
    if (!this.keys) throw new RangeError("finished or forgotten");
    const { signing, encryption } = this.certificates;
    const manifest = await readManifest(await this.#manifest());
    const signature = await this.keys.signingKey.sign(signedBytes(manifest.text));
    await verify(signing.spki, signedBytes(manifest.text), signature);
    this.signal?.throwIfAborted();
    const recovery = await writeRecovery(manifest, this.#halves.own, this.passphrase, this.rounds);
    const own = await openRecovery(recovery, manifest, this.passphrase);
    [this.passphrase, this.keys] = ["", null];
    (await dataKey(manifest, own, this.#halves.hall)).forget();
    own.fill(0);
    this.signal?.throwIfAborted();
    return { manifest, signature, signing, encryption, digests: this.#digests, recovery };
  }

  /** Writes over what bytes there are of keys, and lets go of the others. Nothing can be sealed after. */
  forget() {
    this.#halves.forget();
    for (const held of [this.#key, this.#again, ...this.#ciphers]) held?.forget();
    [this.#key, this.#again, this.#ciphers] = [null, null, []];
    [this.passphrase, this.keys] = ["", null];
  }

  /** Wraps both halves, and opens with what the bidder's key gave back. */
  async #begin() {
    if (!this.keys || this.#key) throw new RangeError("begun, finished or forgotten");
    const { context, bid, certificates } = this;
    const { encryptionKey } = this.keys;
    const { own, hall } = this.#halves;
    const wrapped = async (/** @type {Uint8Array} */ spki, /** @type {Uint8Array} */ half, /** @type {string} */ what) =>
      wrap(spki, half, await context.purpose(what));
    const wrapOwn = await wrapped(certificates.encryption.spki, own, "own");
    const back = encryptionKey ? await encryptionKey.unwrap(wrapOwn, await context.purpose("own")) : own.slice();
    if (!same(back, own)) throw new SealFault("E_WRONG_KEY");
    this.#key = await DataKey.of(context, own, hall);
    this.#again = await DataKey.of(context, back, hall);
    back.fill(0);
    this.#wraps = {
      wrap_own: toHex(wrapOwn),
      wrap_hall: toHex(await wrapped(bid.hall.spki, hall, "hall")),
      ...(bid.remedy ? { wrap_remedy: toHex(await wrapped(bid.hall.spki, own, "remedy")) } : {}),
    };
  }

  async #manifest() {
    const { context, bid, certificates } = this;
    const { suite } = context;
    return canonical({
      format: FORMAT,
      suite: suite.name,
      ...context.names,
      parts: this.#parts.map((part) => ({ ...part, root: toHex(part.root) })),
      hall: bid.hall.digest,
      signing: toHex(await suite.hash(certificates.signing.der)),
      encryption: toHex(await suite.hash(certificates.encryption.der)),
      kc: toHex(await /** @type {DataKey} */ (this.#key).commitment(this.#parts)),
      half_own: toHex(await halfDigest(context, "own", this.#halves.own)),
      half_hall: toHex(await halfDigest(context, "hall", this.#halves.hall)),
      ...this.#wraps,
    });
  }

  /** @param {import("./parts.js").PartName} part */
  #chunksOf(part) {
    return part === "sheet" ? 1 : /** @type {Documents} */ (this.documents).chunks;
  }

  /** @param {import("./parts.js").PartName} part @param {number} index */
  async #plain(part, index) {
    return part === "sheet" ? this.sheet : /** @type {Documents} */ (this.documents).chunk(index);
  }

  /** Reads what was opened as the opening will, and compares names and sizes. @param {import("./parts.js").PartName} part */
  #reading(part) {
    const [reader, files] = [new DocumentsReader(), this.bid.files.map(({ name, size }) => ({ name, size }))];
    /** @type {{name: string, size: number}[]} */
    const found = [];
    return {
      feed: (/** @type {Uint8Array} */ opened) => {
        if (part === "sheet") found.push({ name: canonical(unpackSheet(opened)), size: 0 });
        else for (const one of reader.feed(opened)) if (!(one instanceof Uint8Array)) found.push(one);
      },
      end: () => {
        if (part === "documents") reader.end();
        const sealed = part === "documents" ? files : [{ name: canonical(this.bid.sheet), size: 0 }];
        if (canonical(found) !== canonical(sealed)) throw new SealFault("E_SEAL_CONTENT", { part, where: "content" });
      },
    };
  }
}

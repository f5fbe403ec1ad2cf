// @ts-check
/** The parts of an envelope and their chunks, one at a time: a gibibyte is never in memory. */
import { join, utf8 } from "../shared/bytes.js";
import { u32 } from "./bytes.js";
import { SealFault } from "./fault.js";
import { TAG_BYTES } from "./suites.js";

export const MIB = 1 << 20;
export const CHUNKS_MAX = 1024;
/** @typedef {"sheet" | "documents"} PartName */
/** @typedef {{name: PartName, chunks: number, root: Uint8Array}} Part */
/** @type {Readonly<Record<PartName, number>>} */
export const CHUNK_BYTES = { sheet: 1 << 16, documents: MIB };
/** @type {Readonly<Record<PartName, number>>} */
export const PART_CHUNKS_MAX = { sheet: 1, documents: CHUNKS_MAX };
/** The sheet (开标一览表) first. @type {readonly PartName[]} */
export const PART_NAMES = ["sheet", "documents"];

/** How many chunks of documents so many bytes of content are padded to. @param {number} contentBytes */
export function paddedChunks(contentBytes) {
  const needed = Math.max(1, Math.ceil(contentBytes / MIB));
  const step = 2 ** Math.max(0, Math.floor(Math.log2(needed)) - 3);
  const chunks = Math.ceil(needed / step) * step;
  if (chunks > CHUNKS_MAX) throw new SealFault("E_SEAL_TOO_LARGE", { part: "documents", most: CHUNKS_MAX * MIB });
  return chunks;
}

/** Seals and opens the chunks of one part: a counter as nonce, the last chunk marked, the header bound to each. */
export class ChunkCipher {
  /**
   * @param {import("./context.js").Context} context
   * @param {import("./suites.js").Secret} secret of the data key
   * @param {PartName} name
   * @param {number} chunks
   */
  static async of(context, secret, name, chunks) {
    const key = await secret.aead(await context.purpose(`key ${name}`));
    const header = join(await context.purpose(name), u32(CHUNK_BYTES[name]), u32(chunks));
    return new ChunkCipher(key, name, chunks, header);
  }

  /**
   * @param {import("./suites.js").Aead} key
   * @param {PartName} name
   * @param {number} chunks
   * @param {Uint8Array} header
   */
  constructor(key, name, chunks, header) {
    this.key = key;
    this.name = name;
    this.chunks = chunks;
    this.header = header;
  }

  /**
   * @param {number} index from 0
   * @param {Uint8Array} plain a whole chunk
   */
  seal(index, plain) {
    if (plain.length !== CHUNK_BYTES[this.name] || index >= this.chunks) throw new RangeError("not a whole chunk");
    return this.key.seal(this.#nonce(index), plain, this.header);
  }

  /**
   * @param {number} index
   * @param {Uint8Array} sealed
   */
  async open(index, sealed) {
    try {
      if (sealed.length === CHUNK_BYTES[this.name] + TAG_BYTES && index < this.chunks)
        return await this.key.open(this.#nonce(index), sealed, this.header);
    } catch (fault) {
      if (!(fault instanceof SealFault)) throw fault;
    }
    throw new SealFault("E_CHUNK_HASH", { part: this.name, chunk: index });
  }

  forget() {
    this.key.forget();
  }

  /** @param {number} index */
  #nonce(index) {
    return join(new Uint8Array(7), u32(index), Uint8Array.of(Number(index === this.chunks - 1)));
  }
}

/** The root of a tree over chunks (RFC 6962, with the hash of the suite), taken in one after the other. */
export class Rooting {
  /** @type {{height: number, node: Uint8Array}[]} */
  #peaks = [];
  count = 0;

  /** @param {import("./suites.js").Suite} suite */
  constructor(suite) {
    this.suite = suite;
  }

  /** @param {Uint8Array} digest of the next chunk: {@link chunkDigest} */
  async add(digest) {
    let [height, node] = [0, digest];
    for (let top = this.#peaks.at(-1); top?.height === height; top = this.#peaks.at(-1)) {
      this.#peaks.pop();
      node = await this.suite.hash(Uint8Array.of(1), top.node, node);
      height++;
    }
    this.#peaks.push({ height, node });
    this.count++;
  }

  async root() {
    const peaks = this.#peaks.map((peak) => peak.node);
    let node = /** @type {Uint8Array} */ (peaks.pop());
    while (peaks.length) node = await this.suite.hash(Uint8Array.of(1), /** @type {Uint8Array} */ (peaks.pop()), node);
    return node;
  }
}

/**
 * @param {import("./suites.js").Suite} suite
 * @param {Uint8Array} sealed
 */
export function chunkDigest(suite, sealed) {
  return suite.hash(Uint8Array.of(0), sealed);
}

/**
 * `H(ciphertext)`: over names, counts and roots of all parts.
 * @param {import("./suites.js").Suite} suite
 * @param {Part[]} parts
 */
export function contentDigest(suite, parts) {
  const said = parts.map((part) => {
    const name = new Uint8Array(16);
    name.set(utf8(part.name));
    return join(name, u32(part.chunks), part.root);
  });
  return suite.hash(u32(parts.length), ...said);
}

// @ts-check
/** What lies inside the parts, before padding. */
import { join, utf8 } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { u32 } from "./bytes.js";
import { SealFault } from "./fault.js";
import { CHUNK_BYTES, MIB, paddedChunks } from "./parts.js";

export const FILES_MAX = 500;
const NAME_BYTES_MAX = 200;
const FIELDS_MAX = 60;
const TEXT_BYTES_MAX = 2000;
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
const HALF = /\p{Surrogate}/u;
/** Not \p{Cn}: a letter newer than the tables of whoever reads (a rare surname) must not close an envelope that was sealed with it. */
const ODD = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}/\\:*?"<>|]/u;

/**
 * @typedef {Record<string, string | number>} SheetContent money in fen, periods in days
 * @typedef {{name: string, size: number, slice: (from: number, to: number) => {arrayBuffer: () => Promise<ArrayBuffer>}}} FileLike
 */

/** The one chunk of the sheet; throws SealFault for what a sheet cannot hold. @param {SheetContent} content */
export function packSheet(content) {
  checkSheet(content);
  const said = utf8(canonical(content));
  const chunk = new Uint8Array(CHUNK_BYTES.sheet);
  if (said.length + 4 > chunk.length)
    throw new SealFault("E_SEAL_TOO_LARGE", { part: "sheet", most: chunk.length - 4 });
  chunk.set(join(u32(said.length), said));
  return chunk;
}

/** Throws SealFault for fields and values that no sheet holds. @param {any} content */
export function checkSheet(content) {
  const object = typeof content === "object" && content !== null && !Array.isArray(content);
  const entries = object ? Object.entries(content) : [];
  if (!entries.length || entries.length > FIELDS_MAX) throw new SealFault("E_SEAL_MANIFEST", { where: "sheet" });
  for (const [name, value] of entries) {
    const fits =
      typeof value === "string"
        ? !HALF.test(value) && value.length > 0 && utf8(value).length <= TEXT_BYTES_MAX
        : Number.isSafeInteger(value) && value >= 0;
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(name) || !fits) throw new SealFault("E_SEAL_MANIFEST", { where: name });
  }
}

/**
 * Whether these are names of files side by side in one folder, on any system; throws SealFault if not.
 * @param {string[]} names
 */
export function checkNames(names) {
  if (names.length > FILES_MAX) throw new SealFault("E_SEAL_TOO_LARGE", { part: "documents", most: FILES_MAX });
  const seen = new Set();
  for (const name of names) {
    // There and back: whatever folding cases makes the same must be the same here, or the house could not open it.
    const same = name.normalize("NFC").toLowerCase().toUpperCase().toLowerCase();
    const size = utf8(name).length;
    const plain = !ODD.test(name) && !/^[ .]|[ .]$/.test(name) && !DEVICES.test(name);
    if (!plain || size < 1 || size > NAME_BYTES_MAX || seen.has(same))
      throw new SealFault("E_SEAL_NAME", { name: shown(name) });
    seen.add(same);
  }
}

/** Files one after the other, each after a small header, ended by an empty header; padding is zeros. Any chunk can be had at any time. */
export class Documents {
  /** Throws SealFault if a name cannot be used, or it is too much. @param {FileLike[]} files */
  constructor(files) {
    checkNames(files.map((file) => file.name));
    /** @type {{from: number, to: number, bytes: (from: number, to: number) => Promise<Uint8Array>}[]} */
    this.pieces = [];
    for (const file of files) {
      const said = utf8(canonical({ name: file.name, size: file.size }));
      this.#add(said.length + 4, held(join(u32(said.length), said)));
      this.#add(file.size, async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer()));
    }
    this.#add(4, held(u32(0)));
    this.chunks = paddedChunks(this.#size);
  }

  /** @param {number} index from 0 */
  async chunk(index) {
    const [begins, ends] = [index * MIB, (index + 1) * MIB];
    const chunk = new Uint8Array(MIB);
    for (const { from, to, bytes } of this.pieces) {
      const [first, last] = [Math.max(from, begins), Math.min(to, ends)];
      if (first >= last) continue;
      const piece = await bytes(first - from, last - from);
      if (piece.length !== last - first) throw new SealFault("E_SEAL_CONTENT", { part: "documents", where: "size" });
      chunk.set(piece, first - begins);
    }
    return chunk;
  }

  get #size() {
    return this.pieces.at(-1)?.to ?? 0;
  }

  /** @param {number} size @param {(from: number, to: number) => Promise<Uint8Array>} bytes */
  #add(size, bytes) {
    this.pieces.push({ from: this.#size, to: this.#size + size, bytes });
  }
}

/** @param {Uint8Array} bytes */
function held(bytes) {
  return async (/** @type {number} */ from, /** @type {number} */ to) => bytes.subarray(from, to);
}

/** A name without what made it unusable. @param {string} name */
function shown(name) {
  return [...name].map((letter) => (/[\p{C}]/u.test(letter) ? "�" : letter)).slice(0, 60).join("");
}

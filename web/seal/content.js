// @ts-check
/** What lies inside the parts, before padding. */
import { join, toHex, utf8 } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { SealFault } from "./fault.js";
import { CHUNK_BYTES, MIB, paddedChunks } from "./parts.js";
import { u32 } from "./suites.js";

const NAME_BYTES_MAX = 200;
const FILES_MAX = 500;
const FIELDS_MAX = 60;
const TEXT_BYTES_MAX = 2000;
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
const HALF = /\p{Surrogate}/u;
const ODD = /[\p{C}/\\:*?"<>|]/u;

/** @typedef {{name: string, size: number, slice: (from: number, to: number) => {arrayBuffer: () => Promise<ArrayBuffer>}}} FileLike */

/**
 * The one chunk of the sheet; throws SealFault for what a sheet cannot hold.
 * @param {Record<string, string | number>} content
 */
export function packSheet(content) {
  const entries = Object.entries(content);
  if (!entries.length || entries.length > FIELDS_MAX) throw new SealFault("E_SEAL_MANIFEST", { where: "sheet" });
  for (const [name, value] of entries) {
    const fits =
      typeof value === "string"
        ? !HALF.test(value) && value.length > 0 && utf8(value).length <= TEXT_BYTES_MAX
        : Number.isSafeInteger(value) && value >= 0;
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(name) || !fits) throw new SealFault("E_SEAL_MANIFEST", { where: name });
  }
  const said = utf8(canonical(content));
  const chunk = new Uint8Array(CHUNK_BYTES.sheet);
  if (said.length + 4 > chunk.length)
    throw new SealFault("E_SEAL_TOO_LARGE", { part: "sheet", most: chunk.length - 4 });
  chunk.set(join(u32(said.length), said));
  return chunk;
}

/**
 * Whether these are names of files side by side in one folder, on any system; throws SealFault if not.
 * @param {string[]} names
 */
export function checkNames(names) {
  if (names.length > FILES_MAX) throw new SealFault("E_SEAL_TOO_LARGE", { part: "documents", most: FILES_MAX });
  const seen = new Set();
  for (const name of names) {
    const same = name.normalize("NFC").toLowerCase();
    const size = utf8(name).length;
    const plain = !ODD.test(name) && !/^[ .]|[ .]$/.test(name) && !DEVICES.test(name);
    if (!plain || size < 1 || size > NAME_BYTES_MAX || seen.has(same))
      throw new SealFault("E_SEAL_NAME", { name: toHex(utf8(name)).slice(0, 60) });
    seen.add(same);
  }
}

/**
 * How many chunks these files take.
 * @param {FileLike[]} files
 */
export function documentsChunks(files) {
  checkNames(files.map((file) => file.name));
  return paddedChunks(files.reduce((sum, file) => sum + header(file).length + file.size, 4));
}

/**
 * Whole chunks, padded, of the files; each is read piece by piece.
 * @param {FileLike[]} files
 * @param {number} chunks
 */
export async function* packDocuments(files, chunks) {
  let [chunk, at, made] = [new Uint8Array(MIB), 0, 0];
  for await (let piece of pieces(files)) {
    while (at + piece.length >= MIB) {
      chunk.set(piece.subarray(0, MIB - at), at);
      piece = piece.subarray(MIB - at);
      yield chunk;
      [chunk, at, made] = [new Uint8Array(MIB), 0, made + 1];
    }
    chunk.set(piece, at);
    at += piece.length;
  }
  for (; made < chunks; made++) {
    yield chunk;
    chunk = new Uint8Array(MIB);
  }
}

/** @param {FileLike[]} files */
async function* pieces(files) {
  for (const file of files) {
    yield header(file);
    for (let at = 0; at < file.size; at += MIB) {
      const to = Math.min(at + MIB, file.size);
      const piece = new Uint8Array(await file.slice(at, to).arrayBuffer());
      if (piece.length !== to - at) throw new SealFault("E_SEAL_CONTENT", { part: "documents", where: "size" });
      yield piece;
    }
  }
  yield u32(0);
}

/** @param {FileLike} file */
function header(file) {
  const said = utf8(canonical({ name: file.name, size: file.size }));
  return join(u32(said.length), said);
}

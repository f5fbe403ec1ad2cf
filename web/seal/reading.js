// @ts-check
/** Reads back what content.js packed. The key was right, so whatever does not hold is the bidder's doing: E_SEAL_CONTENT. */
import { join } from "../shared/bytes.js";
import { checkNames, checkSheet } from "./content.js";
import { SealFault } from "./fault.js";
import { fields, read, text, whereOf, whole } from "./spelling.js";

const HEADER_BYTES_MAX = 512;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The sheet in its chunk. @param {Uint8Array} chunk @returns {import("./content.js").SheetContent} */
export function unpackSheet(chunk) {
  const length = lengthAt(chunk);
  if (length > chunk.length - 4 || chunk.subarray(4 + length).some((byte) => byte)) throw unreadable("sheet", "padding");
  try {
    const content = read(decoded(chunk.subarray(4, 4 + length)), chunk.length, "sheet");
    checkSheet(content);
    return content;
  } catch (fault) {
    throw unreadable("sheet", whereOf(fault));
  }
}

/** Takes the plaintext of the documents chunk by chunk, and hands out files and their contents. */
export class DocumentsReader {
  #held = new Uint8Array();
  #left = 0;
  /** @type {string[]} */
  #names = [];
  #ended = false;

  /**
   * What `chunk` adds: the name and size of a file, then pieces of its content.
   * @param {Uint8Array} chunk
   * @returns {Generator<{name: string, size: number} | Uint8Array>}
   */
  *feed(chunk) {
    let rest = join(this.#held, chunk);
    while (rest.length && !this.#ended) {
      if (this.#left) {
        const piece = rest.subarray(0, this.#left);
        rest = rest.subarray(piece.length);
        this.#left -= piece.length;
        yield piece;
        continue;
      }
      const length = rest.length < 4 ? 0 : lengthAt(rest);
      if (length > HEADER_BYTES_MAX) throw unreadable("documents", "header");
      if (rest.length < 4 + length) break;
      const header = rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
      this.#ended = length === 0;
      if (!this.#ended) yield this.#entry(header);
    }
    if (this.#ended && rest.some((byte) => byte)) throw unreadable("documents", "padding");
    this.#held = this.#ended ? new Uint8Array() : rest.slice();
  }

  /** Throws SealFault if the documents stop before their end. */
  end() {
    if (!this.#ended) throw unreadable("documents", "end");
  }

  /** @param {Uint8Array} header */
  #entry(header) {
    try {
      const said = fields(read(decoded(header), HEADER_BYTES_MAX, "header"), ["name", "size"], "header");
      const entry = { name: text(said.name, "name"), size: whole(said.size, "size", 0, Number.MAX_SAFE_INTEGER) };
      checkNames([...this.#names, entry.name]);
      this.#names.push(entry.name);
      this.#left = entry.size;
      return entry;
    } catch (fault) {
      throw unreadable("documents", whereOf(fault, "name"));
    }
  }
}

/** @param {Uint8Array} data */
function lengthAt(data) {
  return new DataView(data.buffer, data.byteOffset).getUint32(0);
}

/** @param {Uint8Array} bytes */
function decoded(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SealFault("E_SEAL_MANIFEST", { where: "UTF-8" });
  }
}

/** @param {"sheet" | "documents"} part @param {string} where */
function unreadable(part, where) {
  return new SealFault("E_SEAL_CONTENT", { part, where });
}

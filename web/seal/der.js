// @ts-check
/** The little of DER and PEM that certificates and key files need. Everything read here comes from a file that anybody may have made. */
import { join } from "../shared/bytes.js";
import { SealFault } from "./fault.js";

const PEM_CHARS_MAX = 65536;

/**
 * The blocks of these kinds in a PEM text.
 * @param {string} pem
 * @param {string[]} kinds
 */
export function blocks(pem, kinds) {
  if (pem.length > PEM_CHARS_MAX) throw new SealFault("E_SEAL_TOO_LARGE", { part: "PEM", most: PEM_CHARS_MAX });
  const found = [...pem.matchAll(/-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g)];
  try {
    return found.filter(([, kind]) => kinds.includes(kind)).map(([, kind, body]) => ({ kind, der: decoded(body) }));
  } catch {
    throw new SealFault("E_KEY_UNREADABLE");
  }
}

/**
 * A PEM text of one block.
 * @param {string} kind
 * @param {Uint8Array} der
 */
export function pemOf(kind, der) {
  const text = btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join(""));
  return `-----BEGIN ${kind}-----\n${text.replace(/.{1,64}/g, "$&\n")}-----END ${kind}-----\n`;
}

/** An element and what it holds. @param {number} tag @param {...Uint8Array} content */
export function element(tag, ...content) {
  const body = join(...content);
  const { length } = body;
  const long = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return join(Uint8Array.of(tag, ...long), body);
}

/**
 * Where the content of the element at `at` begins and ends; throws SealFault where there is none.
 * @param {Uint8Array} data
 * @param {number} at
 */
export function content(data, at) {
  let [length, begins] = [data[at + 1], at + 2];
  if (length & 0x80) {
    const count = length & 0x7f;
    if (count > 4) throw new SealFault("E_KEY_UNREADABLE");
    length = data.subarray(begins, begins + count).reduce((sum, byte) => sum * 256 + byte, 0);
    begins += count;
  }
  if (!(begins + length <= data.length)) throw new SealFault("E_KEY_UNREADABLE");
  return { begins, ends: begins + length };
}

/**
 * The elements one after the other; throws SealFault if they are none.
 * @param {Uint8Array} data
 */
export function children(data) {
  const found = [];
  for (let at = 0; at < data.length; ) {
    const { begins, ends } = content(data, at);
    found.push({ tag: data[at], body: data.subarray(begins, ends) });
    at = ends;
  }
  return found;
}

/** @param {string} body */
function decoded(body) {
  return Uint8Array.from(atob(body.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
}

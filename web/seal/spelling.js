// @ts-check
/** Reads what was signed or sealed: one spelling, exactly these fields, values within their bounds. Anything else is a SealFault. */
import { fromHex, utf8 } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { SealFault } from "./fault.js";

/**
 * @param {string} text
 * @param {number} most bytes
 * @param {string} where
 * @returns {any}
 */
export function read(text, most, where) {
  if (utf8(text).length > most) throw new SealFault("E_SEAL_TOO_LARGE", { part: where, most });
  try {
    const value = JSON.parse(text);
    if (canonical(value) === text) return value;
  } catch {
    // Told below.
  }
  throw new SealFault("E_SEAL_MANIFEST", { where });
}

/**
 * @param {any} value
 * @param {string[]} names
 * @param {string} where
 */
export function fields(value, names, where) {
  const object = typeof value === "object" && value !== null && !Array.isArray(value);
  const exactly = object && Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
  if (!exactly) throw new SealFault("E_SEAL_MANIFEST", { where });
  return value;
}

/**
 * @param {any} value
 * @param {string} where
 * @returns {string}
 */
export function text(value, where, most = 200) {
  if (typeof value !== "string" || !value || utf8(value).length > most) throw new SealFault("E_SEAL_MANIFEST", { where });
  return value;
}

/**
 * @param {any} value
 * @param {string} where
 * @param {number} least
 * @param {number} most
 * @returns {number}
 */
export function whole(value, where, least, most) {
  if (!Number.isSafeInteger(value) || value < least || value > most) throw new SealFault("E_SEAL_MANIFEST", { where });
  return value;
}

/**
 * @param {any} value
 * @param {string} where
 * @param {number} least bytes
 * @param {number} most bytes
 */
export function octets(value, where, least, most) {
  try {
    const bytes = fromHex(text(value, where, 2 * most));
    if (bytes.length >= least) return bytes;
  } catch {
    // Told below.
  }
  throw new SealFault("E_SEAL_MANIFEST", { where });
}

/**
 * What a refusal of another code says, where a SealFault of the reader was caught.
 * @param {unknown} fault
 */
export function whereOf(fault, otherwise = "size") {
  if (!(fault instanceof SealFault)) throw fault;
  return String(fault.detail.where ?? otherwise);
}

// @ts-check
/** JSON of the record, read to the last digit: instants in nanoseconds are more than a JavaScript number holds. */

/** No string of the house begins so. */
const MARK = "\u0000";
const LONG = /(?<!\\)":(-?[0-9]{16,})(?=[,}])/g;

/**
 * What the JSON `text` says; whole numbers of sixteen digits and more, where they stand under a name, as bigint.
 * @param {string} text
 * @returns {any}
 */
export function exact(text) {
  return JSON.parse(text.replace(LONG, '":"\\u0000$1"'), (_, value) => (typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(1)) : value));
}

/**
 * Nanoseconds of the record as the microseconds of the protocol.
 * @param {number | bigint} nanoseconds
 */
export function micros(nanoseconds) {
  const exactly = BigInt(nanoseconds);
  return Number((exactly - (((exactly % 1000n) + 1000n) % 1000n)) / 1000n);
}

// @ts-check
/** Hexadecimal text and UTF-8, as the records spell them. */

const encoder = new TextEncoder();

/** @param {string} text */
export function utf8(text) {
  return encoder.encode(text);
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  let text = "";
  for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return text;
}

/**
 * Bytes of a hexadecimal text. Anything else than pairs of lower-case digits throws: a digest has one spelling.
 * @param {string} text
 */
export function fromHex(text) {
  if (text.length % 2 || !/^[0-9a-f]*$/.test(text)) throw new TypeError("not hexadecimal");
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** @param {...Uint8Array} parts */
export function join(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

// @ts-check
/** One signature, checked with what the browser brings along. */

import { fromHex, utf8 } from "./bytes.js";

/**
 * Whether `signature` of `key` stands under `text`; null where this browser cannot tell (no TLS, or too old).
 * @param {{key: string, text: string, signature: string}} signed key and signature in hexadecimal
 * @param {SubtleCrypto | undefined} [subtle]
 * @returns {Promise<boolean | null>}
 */
export async function verified({ key, text, signature }, subtle = globalThis.crypto?.subtle) {
  if (!subtle) return null;
  let imported;
  try {
    imported = await subtle.importKey("raw", fromHex(key), "Ed25519", false, ["verify"]);
  } catch (error) {
    return error instanceof DOMException && error.name === "NotSupportedError" ? null : false;
  }
  try {
    return await subtle.verify("Ed25519", imported, fromHex(signature), utf8(text));
  } catch {
    return false;
  }
}

// @ts-check
/** Private keys under a password, as OpenSSL 3 and most programs write them (PKCS #8 with PBES2: PBKDF2 and AES-CBC, RFC 8018). */
import { toHex, utf8 } from "../shared/bytes.js";
import { buffer } from "./bytes.js";
import { children } from "./der.js";
import { SealFault } from "./fault.js";

const PBES2 = "2a864886f70d01050d";
const PBKDF2 = "2a864886f70d01050c";
/** @type {Record<string, string>} */
const HASHES = { "2a864886f70d0207": "SHA-1", "2a864886f70d0209": "SHA-256", "2a864886f70d020a": "SHA-384", "2a864886f70d020b": "SHA-512" };
/** @type {Record<string, number>} */
const CIPHERS = { "60864801650304012a": 256, "608648016503040116": 192, "608648016503040102": 128 };
const ROUNDS_MAX = 5_000_000;

/**
 * The PKCS #8 inside; throws SealFault for another way of locking, or a wrong password.
 * @param {Uint8Array} der EncryptedPrivateKeyInfo
 * @param {string} password
 */
export async function unlocked(der, password) {
  const [how, sealed] = children(children(der)[0].body);
  const [scheme, parameters] = children(how.body);
  const [derivation, cipher] = children(parameters.body);
  const [kind, settings] = children(derivation.body);
  const [salt, rounds, ...more] = children(settings.body);
  const [block, iv] = children(cipher.body);
  const prf = more.find(({ tag }) => tag === 0x30);
  const hash = prf ? HASHES[toHex(children(prf.body)[0].body)] : "SHA-1";
  const bits = CIPHERS[toHex(block.body)];
  const iterations = rounds.body.reduce((sum, byte) => sum * 256 + byte, 0);
  const known = toHex(scheme.body) === PBES2 && toHex(kind.body) === PBKDF2 && hash && bits;
  if (!known || iterations < 1 || iterations > ROUNDS_MAX) throw new SealFault("E_KEY_UNREADABLE");
  const words = await crypto.subtle.importKey("raw", buffer(utf8(password)), "PBKDF2", false, ["deriveKey"]);
  const slow = { name: "PBKDF2", hash, salt: buffer(salt.body), iterations };
  const key = await crypto.subtle.deriveKey(slow, words, { name: "AES-CBC", length: bits }, false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: buffer(iv.body) }, key, buffer(sealed.body)));
}

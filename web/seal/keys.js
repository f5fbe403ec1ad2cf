// @ts-check
/**
 * Keys that sign and unwrap, of the three kinds certificates hold: P-256, SM2, RSA.
 *
 * A device that keeps its private key to itself (USB key, phone) stands in for a {@link PrivateKey} by its two methods.
 */
import { fromHex, join, toHex } from "../shared/bytes.js";
import { buffer } from "./bytes.js";
import { SealFault } from "./fault.js";
import { publicKey, sealHpke } from "./hpke.js";
import { checkSm2, sealSm2, verifySm2 } from "./sm2.js";

/**
 * @typedef {object} Credential a certificate and the key in it
 * @property {Uint8Array} der
 * @property {Uint8Array} spki SubjectPublicKeyInfo
 *
 * @typedef {object} PrivateKey
 * @property {(message: Uint8Array) => Promise<Uint8Array>} sign DER of r and s for the curves, PKCS #1 v1.5 for RSA
 * @property {(wrapped: Uint8Array, info: Uint8Array) => Promise<Uint8Array>} unwrap throws SealFault for another key or purpose
 *
 * @typedef {"P-256" | "SM2"} CurveName
 */

const POINT = 65;
const EC = "06072a8648ce3d0201";
const OIDS = { "P-256": "06082a8648ce3d030107", SM2: "06082a811ccf5501822d" };
export const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };
export const PKCS1 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
export const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * The SubjectPublicKeyInfo of a point of 65 bytes.
 * @param {CurveName} curve
 * @param {Uint8Array} point
 */
export function spkiOf(curve, point) {
  return join(fromHex(`30593013${EC}${OIDS[curve]}034200`), point);
}

/**
 * The curve of a public key and its point; null for an RSA key.
 * @param {Uint8Array} spki
 * @returns {{curve: CurveName, point: Uint8Array} | null}
 */
export function pointOf(spki) {
  const point = spki.subarray(-POINT);
  for (const curve of /** @type {const} */ (["P-256", "SM2"]))
    if (toHex(spki) === toHex(spkiOf(curve, point))) return { curve, point };
  if (toHex(spki).includes(EC)) throw new SealFault("E_KEY_UNREADABLE");
  return null;
}

/** Throws SealFault if these 65 bytes are no point of the curve. @param {CurveName} curve @param {Uint8Array} point */
export async function checkPoint(curve, point) {
  if (curve === "SM2") checkSm2(point);
  else await publicKey(point);
}

/**
 * Half a key, wrapped to a public key for a purpose.
 * @param {Uint8Array} spki
 * @param {Uint8Array} half
 * @param {Uint8Array} info the purpose
 */
export async function wrap(spki, half, info) {
  const on = pointOf(spki);
  if (on) return on.curve === "SM2" ? sealSm2(on.point, info, half) : sealHpke(on.point, info, half);
  const key = await imported(spki, OAEP, "encrypt");
  return new Uint8Array(await crypto.subtle.encrypt({ ...OAEP, label: buffer(info) }, key, buffer(half)));
}

/**
 * Throws SealFault unless `signature` is by the key of `spki` over `message`.
 * @param {Uint8Array} spki
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export async function verify(spki, message, signature) {
  if (!(await holds(spki, message, signature))) throw new SealFault("E_SEAL_SIGNATURE");
}

/** @param {Uint8Array} spki @param {Uint8Array} message @param {Uint8Array} signature */
async function holds(spki, message, signature) {
  const on = pointOf(spki);
  const how = on ? ECDSA : PKCS1;
  const bare = on ? fromDer(signature) : signature;
  if (!bare) return false;
  if (on?.curve === "SM2") return verifySm2(on.point, message, bare);
  return crypto.subtle.verify(how, await imported(spki, how, "verify"), buffer(bare), buffer(message));
}

/**
 * Both numbers of a signature, 32 bytes each, in DER.
 * @param {Uint8Array} bare
 */
export function toDer(bare) {
  const numbers = [bare.subarray(0, 32), bare.subarray(32)].map((number) => {
    const from = number.findIndex((byte) => byte !== 0);
    const least = number.subarray(from < 0 ? 31 : from);
    const body = least[0] & 0x80 ? join(Uint8Array.of(0), least) : least;
    return join(Uint8Array.of(2, body.length), body);
  });
  const body = join(...numbers);
  return join(Uint8Array.of(0x30, body.length), body);
}

/** The other way round; null unless it is DER as {@link toDer} spells it. @param {Uint8Array} der */
function fromDer(der) {
  const first = der[3];
  const parts = [der.subarray(4, 4 + first), der.subarray(6 + first)].map((part) => part.subarray(part[0] === 0 ? 1 : 0));
  const bare = new Uint8Array(64);
  if (parts.some((part) => part.length > 32)) return null;
  parts.forEach((part, at) => bare.set(part, 32 * (at + 1) - part.length));
  return toHex(toDer(bare)) === toHex(der) ? bare : null;
}

/** @param {Uint8Array} spki @param {RsaHashedImportParams | EcKeyImportParams} how @param {KeyUsage} use */
async function imported(spki, how, use) {
  try {
    const key = await crypto.subtle.importKey("spki", buffer(spki), how, false, [use]);
    const bits = /** @type {RsaHashedKeyAlgorithm} */ (key.algorithm).modulusLength;
    if (bits === undefined || (bits >= 2048 && bits <= 4096)) return key;
  } catch {
    // Told below.
  }
  throw new SealFault("E_KEY_UNREADABLE");
}

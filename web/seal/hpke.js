// @ts-check
/** HPKE (RFC 9180) in base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Points are the browser's affair. */
import { join, utf8 } from "../shared/bytes.js";
import { buffer } from "./bytes.js";
import { SealFault } from "./fault.js";
import { aead } from "./international.js";

const POINT = 65;
const ECDH = { name: "ECDH", namedCurve: "P-256" };
const HMAC = { name: "HMAC", hash: "SHA-256" };
const KEM = join(utf8("KEM"), Uint8Array.of(0, 0x10));
const HPKE = join(utf8("HPKE"), Uint8Array.of(0, 0x10, 0, 1, 0, 2));
const NONE = new Uint8Array();

/**
 * `plain` sealed to a point of 65 bytes: the ephemeral point, then ciphertext and tag.
 * @param {Uint8Array} point
 * @param {Uint8Array} info
 * @param {Uint8Array} plain
 */
export async function sealHpke(point, info, plain) {
  const recipient = await publicKey(point);
  const own = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(ECDH, false, ["deriveBits"]));
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const { cipher, nonce } = await schedule(await exchange(own.privateKey, recipient), enc, point, info);
  return join(enc, await cipher.seal(nonce, plain, NONE));
}

/**
 * What was sealed to the point of a private key; throws SealFault for another key or purpose.
 * @param {CryptoKey} own
 * @param {Uint8Array} point of `own`
 * @param {Uint8Array} info
 * @param {Uint8Array} sealed
 */
export async function openHpke(own, point, info, sealed) {
  const enc = sealed.subarray(0, POINT);
  const { cipher, nonce } = await schedule(await exchange(own, await publicKey(enc)), enc, point, info);
  return cipher.open(nonce, sealed.subarray(POINT), NONE);
}

/** Throws SealFault if these are no uncompressed point of the curve. @param {Uint8Array} point */
export async function publicKey(point) {
  try {
    if (point.length === POINT) return await crypto.subtle.importKey("raw", buffer(point), ECDH, false, []);
  } catch {
    // Told below.
  }
  throw new SealFault("E_KEY_UNREADABLE");
}

/** @param {CryptoKey} own @param {CryptoKey} other */
async function exchange(own, other) {
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: other }, own, 256));
}

/**
 * The key schedule; `shared` is written over.
 * @param {Uint8Array} shared
 * @param {Uint8Array} enc
 * @param {Uint8Array} recipient
 * @param {Uint8Array} info
 */
async function schedule(shared, enc, recipient, info) {
  const eae = await extract(KEM, NONE, "eae_prk", shared);
  const secret = await expand(KEM, eae, "shared_secret", join(enc, recipient), 32);
  const ids = [await extract(HPKE, NONE, "psk_id_hash", NONE), await extract(HPKE, NONE, "info_hash", info)];
  const context = join(Uint8Array.of(0), ...ids);
  const whole = await extract(HPKE, secret, "secret", NONE);
  const key = await expand(HPKE, whole, "key", context, 32);
  const cipher = aead(await crypto.subtle.importKey("raw", buffer(key), "AES-GCM", false, ["encrypt", "decrypt"]));
  const nonce = await expand(HPKE, whole, "base_nonce", context, 12);
  for (const used of [shared, eae, secret, whole, key]) used.fill(0);
  return { cipher, nonce };
}

/**
 * @param {Uint8Array} which
 * @param {Uint8Array} salt
 * @param {string} label
 * @param {Uint8Array} material
 */
function extract(which, salt, label, material) {
  return mac(salt, utf8("HPKE-v1"), which, utf8(label), material);
}

/**
 * At most 32 bytes: one block is all that this schedule needs.
 * @param {Uint8Array} which
 * @param {Uint8Array} secret
 * @param {string} label
 * @param {Uint8Array} info
 * @param {number} length
 */
async function expand(which, secret, label, info, length) {
  const said = [Uint8Array.of(0, length), utf8("HPKE-v1"), which, utf8(label), info];
  return (await mac(secret, ...said, Uint8Array.of(1))).slice(0, length);
}

/** @param {Uint8Array} key @param {...Uint8Array} parts */
async function mac(key, ...parts) {
  // WebCrypto refuses an empty key; for HMAC it is the same as one of zeros.
  const bytes = key.length ? key : new Uint8Array(32);
  const own = await crypto.subtle.importKey("raw", buffer(bytes), HMAC, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", own, buffer(join(...parts))));
}

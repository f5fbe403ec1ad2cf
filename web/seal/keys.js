// @ts-check
/** Wrapping half a key to a certificate or to the hall, and unwrapping it. */
import { fromHex, join, toHex, utf8 } from "../shared/bytes.js";
import { P256, SM2 } from "./curves.js";
import { SealFault } from "./fault.js";
import { COMMERCIAL, INTERNATIONAL, buffer, expand, u32 } from "./suites.js";

const POINT = 65;
const EC = "06072a8648ce3d0201";
const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };
const KEM = join(utf8("KEM"), Uint8Array.of(0, 0x10));
const HPKE = join(utf8("HPKE"), Uint8Array.of(0, 0x10, 0, 1, 0, 2));

/**
 * `plain`, wrapped to the key of a SubjectPublicKeyInfo (P-256, SM2 or RSA) for a purpose.
 * @param {Uint8Array} spki
 * @param {Uint8Array} plain
 * @param {Uint8Array} info the purpose
 * @param {Uint8Array} seed 48 random bytes
 */
export async function wrap(spki, plain, info, seed) {
  for (const curve of [P256, SM2]) {
    const head = `3059301306072a8648ce3d0201${curve.oid}034200`;
    if (!toHex(spki).startsWith(head)) continue;
    const [point, scalar] = [spki.subarray(head.length / 2), curve.scalar(seed)];
    return curve === P256 ? sealHpke(point, info, plain, scalar) : sealSm2(point, info, plain, scalar);
  }
  if (toHex(spki).includes(EC)) throw new SealFault("E_KEY_UNREADABLE");
  try {
    const key = await crypto.subtle.importKey("spki", buffer(spki), OAEP, false, ["encrypt"]);
    return new Uint8Array(await crypto.subtle.encrypt({ ...OAEP, label: buffer(info) }, key, buffer(plain)));
  } catch {
    throw new SealFault("E_KEY_UNREADABLE");
  }
}

/**
 * What was wrapped to a software key on one of the curves; throws SealFault for another key or purpose.
 * @param {import("./curves.js").Curve} curve
 * @param {bigint} own
 * @param {Uint8Array} wrapped
 * @param {Uint8Array} info
 */
export async function unwrap(curve, own, wrapped, info) {
  const enc = wrapped.subarray(0, POINT);
  const shared = curve.times(own, enc);
  if (curve === P256) {
    const { key, nonce } = await schedule(shared.subarray(1, 33), enc, curve.times(own), info);
    return INTERNATIONAL.open(key, nonce, wrapped.subarray(POINT), new Uint8Array());
  }
  const body = wrapped.subarray(POINT + 32);
  const plain = xor(body, await stream(shared, body.length));
  const seal = await COMMERCIAL.hash(shared.subarray(1, 33), plain, shared.subarray(33));
  const right = toHex(seal) === toHex(wrapped.subarray(POINT, POINT + 32));
  if (!right || toHex(plain.subarray(0, 32)) !== toHex(await COMMERCIAL.hash(info))) throw new SealFault("E_WRONG_KEY");
  return plain.subarray(32);
}

/**
 * The SubjectPublicKeyInfo of a point of 65 bytes.
 * @param {import("./curves.js").Curve} curve
 * @param {Uint8Array} point
 */
export function spkiOf(curve, point) {
  return join(fromHex(`3059301306072a8648ce3d0201${curve.oid}034200`), point);
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b as long as a
 */
export function xor(a, b) {
  return a.map((byte, at) => byte ^ b[at]);
}

/**
 * @param {Uint8Array} point
 * @param {Uint8Array} info
 * @param {Uint8Array} plain
 * @param {bigint} ephemeral
 */
async function sealHpke(point, info, plain, ephemeral) {
  const enc = P256.times(ephemeral);
  const { key, nonce } = await schedule(P256.times(ephemeral, point).subarray(1, 33), enc, point, info);
  return join(enc, await INTERNATIONAL.seal(key, nonce, plain, new Uint8Array()));
}

/**
 * @param {Uint8Array} point
 * @param {Uint8Array} info
 * @param {Uint8Array} half
 * @param {bigint} ephemeral
 */
async function sealSm2(point, info, half, ephemeral) {
  const shared = SM2.times(ephemeral, point);
  const plain = join(await COMMERCIAL.hash(info), half);
  const seal = await COMMERCIAL.hash(shared.subarray(1, 33), plain, shared.subarray(33));
  return join(SM2.times(ephemeral), seal, xor(plain, await stream(shared, plain.length)));
}

/**
 * @param {Uint8Array} shared
 * @param {number} length
 */
async function stream(shared, length) {
  let out = new Uint8Array();
  for (let count = 1; out.length < length; count++)
    out = buffer(join(out, await COMMERCIAL.hash(shared.subarray(1), u32(count))));
  return out.subarray(0, length);
}

/**
 * The key schedule of RFC 9180, base mode.
 * @param {Uint8Array} shared
 * @param {Uint8Array} enc
 * @param {Uint8Array} recipient
 * @param {Uint8Array} info
 */
async function schedule(shared, enc, recipient, info) {
  const none = new Uint8Array();
  const eae = await extract(KEM, none, "eae_prk", shared);
  const secret = await labeled(KEM, eae, "shared_secret", join(enc, recipient), 32);
  const ids = [await extract(HPKE, none, "psk_id_hash", none), await extract(HPKE, none, "info_hash", info)];
  const context = join(Uint8Array.of(0), ...ids);
  const whole = await extract(HPKE, secret, "secret", none);
  return {
    key: await labeled(HPKE, whole, "key", context, 32),
    nonce: await labeled(HPKE, whole, "base_nonce", context, 12),
  };
}

/**
 * @param {Uint8Array} which
 * @param {Uint8Array} salt
 * @param {string} label
 * @param {Uint8Array} material
 */
function extract(which, salt, label, material) {
  return INTERNATIONAL.mac(salt, utf8("HPKE-v1"), which, utf8(label), material);
}

/**
 * @param {Uint8Array} which
 * @param {Uint8Array} secret
 * @param {string} label
 * @param {Uint8Array} info
 * @param {number} length
 */
function labeled(which, secret, label, info, length) {
  const said = join(Uint8Array.of(0, length), utf8("HPKE-v1"), which, utf8(label), info);
  return expand(INTERNATIONAL, secret, said, length);
}

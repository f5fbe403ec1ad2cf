// @ts-check
/** SM2 (GB/T 32918): signatures, and public-key encryption as 04 ‖ C1 ‖ C3 ‖ C2. Whole numbers of any size are not constant in time. */
import { fromHex, join, toHex, utf8 } from "../shared/bytes.js";
import { weierstrassN } from "../vendor/noble-curves.js";
import { random, same, u32, xor } from "./bytes.js";
import { expand } from "./commercial.js";
import { SealFault } from "./fault.js";
import { sm3 } from "./sm3.js";

const POINT = 65;
const OVERHEAD = POINT + 32;
const P = 2n ** 256n - 2n ** 224n - 2n ** 96n + 2n ** 64n - 1n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const G = {
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};
const Point = weierstrassN({ p: P, n: N, a: P - 3n, b: B, h: 1n, ...G });

/** The identity that certificates and signatures use where none is agreed on (GM/T 0009). */
const IDENTITY = utf8("1234567812345678");

/** The number of a private key of 32 bytes; throws SealFault if it is none. @param {Uint8Array} bytes */
export function sm2Number(bytes) {
  const number = BigInt(`0x${toHex(bytes)}`);
  if (number < 1n || number >= N - 1n) throw new SealFault("E_KEY_UNREADABLE");
  return number;
}

/** Throws SealFault if these are no uncompressed point of the curve. @param {Uint8Array} point */
export function checkSm2(point) {
  read(point);
}

/** The public point of a private key. @param {bigint} own */
export function sm2Public(own) {
  return Point.BASE.multiply(own).toBytes(false);
}

/**
 * `half`, bound to a purpose and sealed to `point`.
 * @param {Uint8Array} point
 * @param {Uint8Array} info the purpose
 * @param {Uint8Array} half
 */
export function sealSm2(point, info, half) {
  const ephemeral = chosen(random(48));
  const shared = read(point).multiply(ephemeral).toBytes(false);
  const plain = join(sm3(info), half);
  return join(sm2Public(ephemeral), mark(shared, plain), xor(plain, stream(shared, plain.length)));
}

/**
 * What was sealed; throws SealFault for another key or purpose.
 * @param {bigint} own
 * @param {Uint8Array} info
 * @param {Uint8Array} sealed
 */
export function openSm2(own, info, sealed) {
  const shared = read(sealed.subarray(0, POINT)).multiply(own).toBytes(false);
  const body = sealed.subarray(OVERHEAD);
  const plain = xor(body, stream(shared, body.length));
  const right = same(mark(shared, plain), sealed.subarray(POINT, OVERHEAD));
  if (!right || !same(plain.subarray(0, 32), sm3(info))) throw new SealFault("E_WRONG_KEY");
  return plain.slice(32);
}

/**
 * Both numbers of a signature, 32 bytes each. The nonce is made of key and message, so that no poor source of chance can give the key away.
 * @param {bigint} own
 * @param {Uint8Array} message
 */
export function signSm2(own, message) {
  const digest = digestOf(sm2Public(own), message);
  const e = BigInt(`0x${toHex(digest)}`);
  for (let count = 0; ; count++) {
    const seed = expand(scalarBytes(own), join(utf8("luochui sm2 nonce"), digest, Uint8Array.of(count)), 48);
    const k = chosen(seed);
    const r = modulo(e + Point.BASE.multiply(k).toAffine().x);
    const s = modulo(inverse(1n + own) * (k - r * own));
    if (r && s && r + k !== N) return join(scalarBytes(r), scalarBytes(s));
  }
}

/**
 * @param {Uint8Array} point
 * @param {Uint8Array} message
 * @param {Uint8Array} signature as {@link signSm2} gives it
 */
export function verifySm2(point, message, signature) {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map((half) => BigInt(`0x${toHex(half)}`));
  const t = modulo(r + s);
  if (r <= 0n || r >= N || s <= 0n || s >= N || !t) return false;
  const sum = Point.BASE.multiply(s).add(read(point).multiply(t));
  if (sum.is0()) return false;
  return modulo(BigInt(`0x${toHex(digestOf(point, message))}`) + sum.toAffine().x) === r;
}

/** @param {Uint8Array} point */
function read(point) {
  try {
    if (point.length === POINT) return Point.fromHex(toHex(point));
  } catch {
    // Told below.
  }
  throw new SealFault("E_KEY_UNREADABLE");
}

/** A number from 1 to n − 1 of 48 random bytes. @param {Uint8Array} seed */
function chosen(seed) {
  return (BigInt(`0x${toHex(seed)}`) % (N - 1n)) + 1n;
}

/** @param {bigint} number */
function modulo(number) {
  return ((number % N) + N) % N;
}

/** By Fermat: n is prime. @param {bigint} number */
function inverse(number) {
  let [out, base] = [1n, modulo(number)];
  for (let power = N - 2n; power; power >>= 1n) {
    if (power & 1n) out = (out * base) % N;
    base = (base * base) % N;
  }
  return out;
}

/** @param {bigint} number */
function scalarBytes(number) {
  return fromHex(number.toString(16).padStart(64, "0"));
}

/** @param {Uint8Array} point @param {Uint8Array} message */
function digestOf(point, message) {
  const parameters = [P - 3n, B, G.Gx, G.Gy].map(scalarBytes);
  const who = sm3(Uint8Array.of(0, IDENTITY.length * 8), IDENTITY, ...parameters, point.subarray(1));
  return sm3(who, message);
}

/** @param {Uint8Array} shared @param {Uint8Array} plain */
function mark(shared, plain) {
  return sm3(shared.subarray(1, 33), plain, shared.subarray(33));
}

/** @param {Uint8Array} shared @param {number} length */
function stream(shared, length) {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) => sm3(shared.subarray(1), u32(at + 1)));
  return join(...blocks).subarray(0, length);
}

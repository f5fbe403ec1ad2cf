// @ts-check
/** Points on the two curves of the suites. */
import { toHex } from "../shared/bytes.js";
import { weierstrassN } from "../vendor/sm.js";
import { SealFault } from "./fault.js";

/**
 * @typedef {object} Curve
 * @property {string} oid the curve's name as DER, in hexadecimal
 * @property {(seed: Uint8Array) => bigint} scalar a number from 1 to n − 1 of 48 random bytes
 * @property {(scalar: bigint, point?: Uint8Array) => Uint8Array} times 65 bytes: 04, x, y
 */

/** @type {Curve} */
export const P256 = curve("06082a8648ce3d030107", {
  p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

/** GB/T 32918.5. @type {Curve} */
export const SM2 = curve("06082a811ccf5501822d", {
  p: 2n ** 256n - 2n ** 224n - 2n ** 96n + 2n ** 64n - 1n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
});

/**
 * @param {string} oid
 * @param {{p: bigint, n: bigint, b: bigint, Gx: bigint, Gy: bigint}} numbers
 * @returns {Curve}
 */
function curve(oid, numbers) {
  const Point = weierstrassN({ ...numbers, a: numbers.p - 3n, h: 1n });
  return {
    oid,
    scalar: (seed) => (BigInt(`0x${toHex(seed)}`) % (numbers.n - 1n)) + 1n,
    times(scalar, point) {
      try {
        const base = point ? Point.fromHex(toHex(point)) : Point.BASE;
        if (point?.length === 65 || !point) return base.multiply(scalar).toBytes(false);
      } catch {
        // Told below.
      }
      throw new SealFault("E_KEY_UNREADABLE");
    },
  };
}

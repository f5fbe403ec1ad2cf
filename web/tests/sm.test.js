// SM3, HMAC-SM3, SM4-GCM and SM2 against OpenSSL's and the published examples.

import assert from "node:assert/strict";
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { fromHex, toHex, utf8 } from "../shared/bytes.js";
import { openSm2, sealSm2, signSm2, sm2Public, verifySm2 } from "../seal/sm2.js";
import { Sm3, hmacSm3, sm3 } from "../seal/sm3.js";
import { Sm4Gcm } from "../seal/sm4.js";
import { privateKey, vectors } from "./sealed.js";

/** Bytes without a pattern, the same every time. @param {number} length */
const some = (length) => Uint8Array.from({ length }, (_, at) => (at * at * 31 + at * 7 + 3) >>> 2);
const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 4097];

test("SM3 and its HMAC are those of OpenSSL, however the bytes come", () => {
  assert.equal(toHex(sm3(utf8("abc"))), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  for (const length of LENGTHS) {
    const data = some(length);
    assert.equal(toHex(sm3(data)), createHash("sm3").update(data).digest("hex"), String(length));
    assert.equal(toHex(hmacSm3(data)(data)), createHmac("sm3", data).update(data).digest("hex"), String(length));
    const piecewise = new Sm3();
    for (let at = 0; at < length; at += 37) piecewise.update(data.subarray(at, at + 37));
    assert.deepEqual(piecewise.digest(), sm3(data));
  }
});

test("SM4-GCM is that of RFC 8998, and enciphers as OpenSSL does", () => {
  const cipher = new Sm4Gcm(fromHex("0123456789abcdeffedcba9876543210"));
  const nonce = fromHex("00001234567800000000abcd");
  const aad = fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const plain = fromHex("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa");
  const sealed = cipher.seal(nonce, plain, aad);
  assert.equal(
    toHex(sealed),
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d" +
      "83de3541e4c2b58177e065a9bf7b62ec",
  );
  assert.deepEqual(cipher.open(nonce, sealed, aad), plain);
  for (const [n, s, a] of [[aad.subarray(0, 12), sealed, aad], [nonce, sealed.subarray(1), aad], [nonce, sealed, plain], [nonce, aad.subarray(0, 9), aad]])
    assert.equal(cipher.open(n, s, a), null);
  for (const length of LENGTHS) {
    const key = some(40).subarray(7, 23);
    const theirs = createCipheriv("sm4-ctr", key, new Uint8Array([...nonce, 0, 0, 0, 2])).update(some(length));
    assert.equal(toHex(new Sm4Gcm(key).seal(nonce, some(length), aad).subarray(0, length)), theirs.toString("hex"));
  }
  cipher.forget();
  assert.notDeepEqual(cipher.seal(nonce, plain, aad), sealed);
  assert.throws(() => new Sm4Gcm(new Uint8Array(32)), RangeError);
});

test("SM2 signs as the house does, and what it seals opens for one purpose", async () => {
  const [, vector] = vectors;
  const own = BigInt(`0x${vector.signing_private}`);
  const point = sm2Public(own);
  const message = new Uint8Array([...utf8("luochui-seal-1 manifest\n"), ...utf8(vector.manifest)]);
  assert.equal(toHex(await (await privateKey(vector, "signing")).sign(message)), vector.signature);
  assert.ok(verifySm2(point, message, signSm2(own, message)));
  assert.ok(!verifySm2(point, some(3), signSm2(own, message)));
  assert.ok(!verifySm2(point, message, new Uint8Array(64)));
  assert.ok(!verifySm2(point, message, new Uint8Array(64).fill(255)));
  const sealed = sealSm2(point, some(9), some(32));
  assert.deepEqual(openSm2(own, some(9), sealed), some(32));
  assert.throws(() => openSm2(own, some(8), sealed), { code: "E_WRONG_KEY" });
  assert.throws(() => openSm2(own + 1n, some(9), sealed), { code: "E_WRONG_KEY" });
});

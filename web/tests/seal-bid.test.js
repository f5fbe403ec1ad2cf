// A bid is sealed as a stream: what is read, when it stops, what is refused before anything is sealed.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { toHex, utf8 } from "../shared/bytes.js";
import { Documents, checkNames, packSheet } from "../seal/content.js";
import { paddedChunks } from "../seal/parts.js";
import { credential, keyPem, privateKey, sealed, sealer, vectors } from "./sealed.js";
import { readCertificate, readPrivateKey } from "../seal/key-files.js";
import { wrap } from "../seal/keys.js";
import { pemOf } from "../seal/der.js";

const [vector, commercial] = vectors;
const MIB = 1 << 20;

/** A file of which only what is asked for is ever made. @param {string} name @param {number} size */
function endless(name, size) {
  const file = {
    name,
    size,
    largest: 0,
    asked: 0,
    slice: (from, to) => ({
      async arrayBuffer() {
        file.largest = Math.max(file.largest, to - from);
        file.asked += to - from;
        return new Uint8Array(to - from).fill((from / MIB) & 255).buffer;
      },
    }),
  };
  return file;
}

test("a large file is read a chunk at a time, and told of as it goes", async () => {
  const file = endless("图纸.zip", 20 * MIB + 5);
  const told = [];
  const made = await sealer(vector, { told: (done, of) => told.push(`${done}/${of}`) }, { files: [file] });
  let chunks = 0;
  for await (const chunk of made.chunks()) {
    chunks++;
    assert.equal(chunk.sealed.length, (chunk.part === "sheet" ? 65536 : MIB) + 16);
    assert.ok(file.asked <= chunks * MIB, "nothing is read before it is its turn");
  }
  assert.equal(chunks, 1 + 22);
  assert.deepEqual([told[0], told.at(-1), told.length], ["1/23", "23/23", 23]);
  assert.ok(file.largest <= MIB);
  assert.equal((await made.finish()).digests.documents.length, 22);
});

test("sealing stops when it is told to, with no envelope", async () => {
  const stop = new AbortController();
  const made = await sealer(vector, { signal: stop.signal }, { files: [endless("a.bin", 5 * MIB)] });
  let chunks = 0;
  const rest = async () => {
    for await (const _ of made.chunks()) if (++chunks === 2) stop.abort();
  };
  await assert.rejects(rest(), { name: "AbortError" });
  await assert.rejects(made.finish(), { name: "AbortError" });
  assert.equal(chunks, 2);
});

test("a chunk is made again byte for byte, and never from a file that became another", async () => {
  const content = new Uint8Array(2 * MIB).fill(1);
  const file = { name: "a.bin", size: content.length, slice: (from, to) => new Blob([content.subarray(from, to)]) };
  const made = await sealer(vector, {}, { files: [file] });
  const { chunks } = await sealed(made);
  for (const index of [2, 0]) assert.deepEqual(await made.again("documents", index), chunks.documents[index]);
  assert.deepEqual(await made.again("sheet", 0), chunks.sheet[0]);
  content[5] = 2;
  await assert.rejects(made.again("documents", 0), { code: "E_SEAL_CONTENT", detail: { part: "documents", where: "changed" } });
  await assert.rejects(made.again("documents", 3), RangeError);
});

test("a file that shrinks while it is read is no envelope", async () => {
  const file = { name: "a.bin", size: 3 * MIB, slice: () => new Blob([new Uint8Array(5)]) };
  await assert.rejects(sealed(await sealer(vector, {}, { files: [file] })), { code: "E_SEAL_CONTENT", detail: { part: "documents", where: "size" } });
});

test("a key that does not give back what was wrapped stops everything before the first chunk", async () => {
  const made = await sealer(vector);
  made.keys.encryptionKey = { unwrap: async () => new Uint8Array(32) };
  await assert.rejects(made.chunks().next(), { code: "E_WRONG_KEY" });
});

test("a device that signs something else gives no envelope; one that is not at hand for unwrapping hinders nothing", async () => {
  const made = await sealer(vector, {}, { files: [] });
  made.keys.encryptionKey = null;
  const { envelope } = await sealed(made);
  assert.deepEqual(Object.keys(envelope.digests), ["sheet"]);
  const key = await privateKey(vector, "signing");
  const other = await sealer(vector, {}, { files: [] });
  other.keys.signingKey = { sign: () => key.sign(utf8("another")) };
  await assert.rejects(sealed(other), { code: "E_SEAL_SIGNATURE" });
});

test("what is kept of halves is written over when a sealer forgets", async () => {
  const held = [];
  const chance = (length) => {
    held.push(new Uint8Array(length).fill(9));
    return held.at(-1);
  };
  for (const one of vectors) {
    const made = await sealer(one, { chance }, { files: [] });
    await sealed(made);
    made.forget();
    assert.deepEqual([made.passphrase, made.keys], ["", null]);
    await assert.rejects(made.chunks().next(), RangeError);
    await assert.rejects(made.finish(), RangeError);
  }
  assert.equal(held.length, 4);
  assert.ok(held.every((bytes) => bytes.every((byte) => byte === 0)));
});

test("passphrases anybody guesses, sheets and names that cannot be, are refused before there is a key", async () => {
  await assert.rejects(sealer(vector, { passphrase: "123456789" }), { code: "E_PASSPHRASE" });
  await assert.rejects(sealer(vector, {}, { sheet: {} }), { code: "E_SEAL_MANIFEST" });
  await assert.rejects(sealer(vector, {}, { files: [endless("../x", 1)] }), { code: "E_SEAL_NAME" });
  await assert.rejects(sealer(vector, {}, { files: [endless("x", 2 ** 30)] }), { code: "E_SEAL_TOO_LARGE" });
  await assert.rejects(sealer(vector, {}, { section: "" }), { code: "E_SEAL_MANIFEST" });
});

test("half a key is wrapped to an RSA certificate and back", async () => {
  const how = { name: "RSA-OAEP", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" };
  const pair = await crypto.subtle.generateKey(how, true, ["encrypt", "decrypt"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const pem = pemOf("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)));
  const wrapped = await wrap(spki, new Uint8Array(32), utf8("purpose"));
  const key = await readPrivateKey(pem, { der: spki, spki });
  assert.equal(toHex(await key.unwrap(wrapped, utf8("purpose"))), "00".repeat(32));
  await assert.rejects(key.unwrap(wrapped, utf8("other")), { code: "E_WRONG_KEY" });
  await assert.rejects(readPrivateKey(keyPem(vector.signing_private), { der: spki, spki }), { code: "E_KEY_UNREADABLE" });
  const short = await crypto.subtle.generateKey({ ...how, modulusLength: 1024 }, true, ["encrypt", "decrypt"]);
  await assert.rejects(wrap(new Uint8Array(await crypto.subtle.exportKey("spki", short.publicKey)), new Uint8Array(32), utf8("")), { code: "E_KEY_UNREADABLE" });
});

test("a key under a password is read with it, and not without", async () => {
  const { privateKey: made, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  for (const cipher of ["aes-256-cbc", "aes-128-cbc"]) {
    const pem = made.export({ type: "pkcs8", format: "pem", cipher, passphrase: "钥匙 7" });
    assert.ok(pem.includes("ENCRYPTED PRIVATE KEY"));
    const key = await readPrivateKey(pem, { der: spki, spki }, "钥匙 7");
    const wrapped = await wrap(spki, new Uint8Array(32), utf8("purpose"));
    assert.equal((await key.unwrap(wrapped, utf8("purpose"))).length, 32);
    for (const wrong of ["", "钥匙 8"]) await assert.rejects(readPrivateKey(pem, { der: spki, spki }, wrong), { code: "E_KEY_UNREADABLE", detail: { where: "password" } });
  }
  const des = made.export({ type: "pkcs8", format: "pem", cipher: "des-ede3-cbc", passphrase: "x" });
  await assert.rejects(readPrivateKey(des, { der: spki, spki }, "x"), { code: "E_KEY_UNREADABLE" });
});

test("files that hold no key or certificate say so", async () => {
  const spki = credential(vector, "signing");
  for (const pem of ["", "-----BEGIN PRIVATE KEY-----\n=\n-----END PRIVATE KEY-----", pemOf("ENCRYPTED PRIVATE KEY", utf8("x")), pemOf("PRIVATE KEY", utf8("x"))])
    await assert.rejects(readPrivateKey(pem, spki), { code: "E_KEY_UNREADABLE" });
  for (const der of ["", "30", "3084ffffffff", "3005a003020101", "300a300802010102010102"])
    assert.throws(() => readCertificate(pemOf("CERTIFICATE", Uint8Array.from(Buffer.from(der, "hex")))), { code: "E_KEY_UNREADABLE" });
  await assert.rejects(readPrivateKey("x".repeat(70_000), spki), { code: "E_SEAL_TOO_LARGE" });
  await assert.rejects(readPrivateKey(keyPem("00".repeat(32)), credential(commercial, "signing")), { code: "E_KEY_UNREADABLE" });
});

test("any chunk of the documents is that stretch of all headers and files one after the other", async () => {
  let seed = 7;
  const some = (most) => (seed = (seed * 48271) % 2147483647) % most;
  for (let round = 0; round < 8; round++) {
    const sizes = Array.from({ length: some(6) }, () => (some(2) ? some(90) : some(2) ? MIB - some(60) : some(3 * MIB)));
    const files = sizes.map((size, at) => new File([new Uint8Array(size).fill(at + 1)], `${at}.bin`));
    const header = (said) => [Uint8Array.of(0, 0, 0, said.length), utf8(said)];
    const whole = files.flatMap((file) => [...header(`{"name":"${file.name}","size":${file.size}}`), file]);
    const naive = new Uint8Array(await new Blob([...whole, new Uint8Array(4)]).arrayBuffer());
    const made = new Documents(files);
    assert.equal(made.chunks, paddedChunks(naive.length));
    for (let index = made.chunks - 1; index >= 0; index--) {
      const expected = new Uint8Array(MIB);
      expected.set(naive.subarray(index * MIB, (index + 1) * MIB));
      assert.ok(Buffer.from(expected).equals(await made.chunk(index)), `${sizes} at ${index}`);
    }
  }
});

test("sizes are padded as the house pads them", () => {
  assert.deepEqual([0, 1, 2 ** 20, 2 ** 20 + 1, 17 * 2 ** 20, 2 ** 30].map(paddedChunks), [1, 1, 1, 2, 18, 1024]);
  assert.throws(() => paddedChunks(2 ** 30 + 1), { code: "E_SEAL_TOO_LARGE" });
  assert.equal(new Documents([]).chunks, 1);
});

test("names that are no plain names, and sheets that cannot be read out, are refused", () => {
  for (const name of ["", ".", "../x", "a\\b", "C:x", "a\0", "a\u202eb", "NUL.txt", "x.", " x", "a".repeat(201), "\ud800"])
    assert.throws(() => checkNames([name]), { code: "E_SEAL_NAME" }, JSON.stringify(name));
  for (const [one, two] of [["a.pdf", "A.PDF"], ["straße", "STRASSE"], ["ẞ", "ss"], ["é", "e\u0301"]])
    assert.throws(() => checkNames([one, two]), { code: "E_SEAL_NAME", detail: { name: two } });
  for (const letter of ["𠮷", "\u{31350}", "\u{2ebf0}", "\u{3fffd}"]) checkNames([`${letter}工.pdf`]);
  for (const sheet of [{}, { Price: 1 }, { price: -1 }, { price: 1.5 }, { price: 2 ** 53 }, { a: "" }, { a: "\ud800" }, { a: "宽".repeat(700) }])
    assert.throws(() => packSheet(sheet), { code: "E_SEAL_MANIFEST" });
});

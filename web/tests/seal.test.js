// Sealing in the browser: the same bytes as the house's own code, by the published vectors; and nothing that was altered.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex, utf8 } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { packSheet } from "../seal/content.js";
import { readHall } from "../seal/hall.js";
import { dataKey } from "../seal/halves.js";
import { readManifest, signedBytes } from "../seal/manifest.js";
import { verify } from "../seal/keys.js";
import { DocumentsReader, unpackSheet } from "../seal/reading.js";
import { openRecovery, writeRecovery } from "../seal/recovery.js";
import { WORDS, credential, privateKey, replaying, sealed, sealer, vectors } from "./sealed.js";

for (const vector of vectors) {
  const own = async () => privateKey(vector, "encryption");
  const told = JSON.parse(vector.manifest);

  test(`${vector.suite}: with the same halves the page makes the same ciphertext and commitments`, async () => {
    const { chunks, envelope } = await sealed(await sealer(vector, { chance: replaying(vector) }));
    for (const name of ["sheet", "documents"])
      assert.deepEqual(chunks[name].map((one) => toHex(one.digest)), vector.chunks[name]);
    assert.equal(toHex(chunks.sheet[0].sealed.subarray(0, 64)), vector.sheet_sealed_begins);
    const made = JSON.parse(envelope.manifest.text);
    assert.deepEqual(Object.keys(made), Object.keys(told));
    for (const name of Object.keys(told))
      if (name.startsWith("wrap_")) assert.equal(made[name].length, told[name].length);
      else assert.deepEqual(made[name], told[name], name);
    assert.equal((await openRecovery(envelope.recovery, envelope.manifest, WORDS)).length, 32);
  });

  test(`${vector.suite}: the page unwraps, checks and reads what the house's code made`, async () => {
    const manifest = await readManifest(vector.manifest);
    const half = await (await own()).unwrap(fromHex(told.wrap_own), await manifest.context.purpose("own"));
    assert.equal(toHex(half), vector.half_own);
    const key = await dataKey(manifest, half, fromHex(vector.half_hall));
    const cipher = await key.cipher("sheet", 1);
    assert.deepEqual(unpackSheet(await cipher.open(0, await cipher.seal(0, packSheet(vector.sheet)))), vector.sheet);
    await verify(credential(vector, "signing").spki, signedBytes(vector.manifest), fromHex(vector.signature));
    assert.equal(toHex(await openRecovery(vector.recovery, manifest, vector.passphrase)), vector.half_own);
    const hall = await readHall(vector.hall);
    assert.equal(hall.digest, told.hall);
    assert.equal(hall.threshold, 2);
  });

  test(`${vector.suite}: whose half or key was wrong is told`, async () => {
    const manifest = await readManifest(vector.manifest);
    const [half, hall] = [fromHex(vector.half_own), fromHex(vector.half_hall)];
    await assert.rejects(dataKey(manifest, half, half), { code: "E_REVEAL_MISMATCH", detail: { which: "hall" } });
    await assert.rejects(dataKey(manifest, hall, hall), { code: "E_REVEAL_MISMATCH", detail: { which: "own" } });
    const other = await readManifest(canonical({ ...told, kc: "00".repeat(32) }));
    await assert.rejects(dataKey(other, half, hall), { code: "E_REVEAL_MISMATCH", detail: { which: "kc" } });
    const key = await own();
    const purpose = await manifest.context.purpose("own");
    await assert.rejects(key.unwrap(fromHex(told.wrap_hall), purpose), { code: "E_WRONG_KEY" });
    await assert.rejects(key.unwrap(fromHex(told.wrap_own), await manifest.context.purpose("hall")), { code: "E_WRONG_KEY" });
    await assert.rejects(key.unwrap(new Uint8Array(113), purpose), { code: "E_KEY_UNREADABLE" });
    await assert.rejects(privateKey(vector, "encryption", vector.signing_private), { code: "E_WRONG_KEY" });
    const spki = credential(vector, "encryption").spki;
    for (const [by, bytes] of [[spki, fromHex(vector.signature)], [credential(vector, "signing").spki, fromHex("3006020101020101")]])
      await assert.rejects(verify(by, signedBytes(vector.manifest), bytes), { code: "E_SEAL_SIGNATURE" });
  });

  test(`${vector.suite}: chunks that were altered, moved or cut do not open`, async () => {
    const made = await sealer(vector);
    const { chunks, envelope } = await sealed(made);
    const half = await (await own()).unwrap(fromHex(envelope.manifest.said.wrap_own), await made.context.purpose("own"));
    const recovered = await openRecovery(envelope.recovery, envelope.manifest, WORDS);
    assert.deepEqual(half, recovered);
    await assert.rejects(openRecovery(envelope.recovery, envelope.manifest, `${WORDS}x`), { code: "E_PASSPHRASE" });
    await assert.rejects(writeRecovery(envelope.manifest, half, "short"), { code: "E_PASSPHRASE" });
    assert.deepEqual((await made.again("documents", 1)).sealed, chunks.documents[1].sealed);
    const [first, second] = chunks.documents.map((one) => one.sealed);
    made.forget();
    await assert.rejects(made.again("documents", 1));
    const key = await dataKey(await readManifest(vector.manifest), fromHex(vector.half_own), fromHex(vector.half_hall));
    const opener = await key.cipher("documents", 2);
    const right = await opener.seal(0, new Uint8Array(1 << 20));
    assert.equal((await opener.open(0, right)).length, 1 << 20);
    const altered = right.slice();
    altered[5] ^= 1;
    for (const [index, chunk] of [[1, right], [0, altered], [0, first], [1, second], [0, right.subarray(1)], [2, right]])
      await assert.rejects(opener.open(index, chunk), { code: "E_CHUNK_HASH" });
  });
}

const [vector] = vectors;

test("a manifest has one spelling, and everything else is told by its field", async () => {
  const said = JSON.parse(vector.manifest);
  const cases = [
    [{ format: "x" }, "format"],
    [{ version: 0 }, "version"],
    [{ version: 1.5 }, "manifest"],
    [{ tender: "../x" }, "tender"],
    [{ bidder: "ß" }, "bidder"],
    [{ kc: "AB".repeat(32) }, "kc"],
    [{ half_own: "00" }, "half_own"],
    [{ wrap_hall: "04".repeat(113) }, "wrap_hall"],
    [{ wrap_remedy: "00".repeat(40) }, "wrap_remedy"],
    [{ parts: [] }, "parts"],
    [{ parts: [{ ...said.parts[1] }] }, "parts"],
    [{ parts: [{ ...said.parts[0], chunks: 2 }] }, "chunks of sheet"],
    [{ parts: [{ ...said.parts[0], root: "00" }] }, "root of sheet"],
    [{ more: 1 }, "manifest"],
    [{ kc: undefined }, "manifest"],
  ];
  for (const [change, where] of cases)
    await assert.rejects(readManifest(JSON.stringify({ ...said, ...change })), (fault) => {
      // JSON.stringify keeps the order that a canonical text has, except for what was added at its end.
      assert.ok([where, "manifest"].includes(fault.detail.where), `${JSON.stringify(change)}: ${fault.detail.where}`);
      return fault.code === "E_SEAL_MANIFEST";
    });
  for (const text of ["", "[]", "null", "{", `${vector.manifest} `, vector.manifest.replace('"version":1', '"version":1,"version":1')])
    await assert.rejects(readManifest(text), { code: "E_SEAL_MANIFEST" });
  await assert.rejects(readManifest("x".repeat(9000)), { code: "E_SEAL_TOO_LARGE" });
  await assert.rejects(readManifest(canonical({ ...said, suite: "none" })), { code: "E_SEAL_SUITE" });
});

test("a hall key that is not exactly as the format asks is not sealed to", async () => {
  const said = JSON.parse(vector.hall);
  const spoilt = said.commitments[0].replace(/..$/, (last) => (last === "00" ? "01" : "00"));
  for (const change of [{ format: "x" }, { trustees: ["a"] }, { trustees: ["a", "a", "b"] }, { commitments: said.commitments.slice(1) }, { more: 1 }])
    await assert.rejects(readHall(canonical({ ...said, ...change })), { code: "E_SEAL_MANIFEST" });
  await assert.rejects(readHall(canonical({ ...said, commitments: [spoilt, said.commitments[1]] })), { code: "E_KEY_UNREADABLE" });
  await assert.rejects(readHall(canonical({ ...said, suite: vectors[1].suite })), { code: "E_KEY_UNREADABLE" });
});

test("a recovery file of another envelope, or made to harm, is refused before it costs anything", async () => {
  const manifest = await readManifest(vector.manifest);
  const said = JSON.parse(vector.recovery);
  for (const change of [{ rounds: 1 }, { rounds: 10 ** 12 }, { salt: "" }, { nonce: "00" }, { sealed: "zz" }, { more: 1 }, { tender: "x" }, { manifest: "00".repeat(32) }])
    await assert.rejects(openRecovery(canonical({ ...said, ...change }), manifest, WORDS), { code: "E_RECOVERY_FILE" });
  for (const text of ["", "[]", "x".repeat(5000)]) await assert.rejects(openRecovery(text, manifest, WORDS), { code: "E_RECOVERY_FILE" });
});

test("documents that were packed wrongly are the bidder's", () => {
  const header = (said) => {
    const bytes = utf8(said);
    return [0, 0, 0, bytes.length, ...bytes];
  };
  const entry = header('{"name":"a","size":2}');
  for (const [bytes, where] of [
    [[0, 0, 9, 9], "header"],
    [header('{"name":"../a","size":2}'), "name"],
    [header('{"name":"a","size":-1}'), "size"],
    [header('{"size":2}'), "header"],
    [[0, 0, 0, 1, 0xff], "UTF-8"],
    [[...entry, 1, 2, ...entry, 1, 2], "name"],
    [[0, 0, 0, 0, 0, 7], "padding"],
  ])
    assert.throws(() => [...new DocumentsReader().feed(Uint8Array.from(bytes))], { code: "E_SEAL_CONTENT", detail: { part: "documents", where } });
  const cut = new DocumentsReader();
  assert.deepEqual([...cut.feed(Uint8Array.from(entry.slice(0, 3)))], []);
  assert.deepEqual([...cut.feed(Uint8Array.from(entry.slice(3)))], [{ name: "a", size: 2 }]);
  assert.throws(() => cut.end(), { code: "E_SEAL_CONTENT" });
  for (const sheet of [packSheet({ a: 1 }).fill(7, 100), new Uint8Array(65536), packSheet({ a: 1 }).fill(255, 0, 4)])
    assert.throws(() => unpackSheet(sheet), { code: "E_SEAL_CONTENT" });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { traced } from "../bidder/tracing.js";
import { includes, originOf, readCheckpoint, signedByHouse } from "../shared/checkpoint.js";
import { golden } from "./golden.js";

const LINES = golden("checkpoint");
const [FIRST] = LINES;
const OTHER_KEY = "ab".repeat(32);

/** A log that answers as the golden file says. */
const logOf = (line, changes = {}) => ({
  checkpoint: async () => line.note,
  inclusion: async () => line.proof,
  ...changes,
});
const receiptOf = (line, changes = {}) => ({ header: line.header, key: line.key, ...changes });
const atOnce = async () => {};

for (const line of LINES) {
  test(`${line.name} is in the signed checkpoint`, async () => {
    const signed = readCheckpoint(line.note);
    assert.equal(signed.checkpoint.origin, originOf(line.key, line.sale));
    assert.equal(await signedByHouse(signed, line), true);
    assert.equal(includes(line.header, signed.checkpoint, line.proof), true);
    assert.deepEqual(await traced(receiptOf(line), logOf(line), atOnce), { good: true, size: line.proof.size });
  });
}

test("another record, another place, another size or another path does not lead to the root", () => {
  const { checkpoint } = readCheckpoint(FIRST.note);
  const { proof, header } = FIRST;
  assert.equal(includes(LINES[1].header, checkpoint, proof), false);
  for (const change of [{ seq: 2 }, { seq: 0 }, { size: proof.size + 1 }, { path: proof.path.slice(1) }, { path: ["zz"] }]) {
    assert.equal(includes(header, checkpoint, { ...proof, ...change }), false);
  }
});

test("a changed checkpoint, another key and another sale are not the house's", async () => {
  const changed = readCheckpoint(FIRST.note.replace("epoch 1", "epoch 2"));
  assert.equal(await signedByHouse(changed, FIRST), false);
  const signed = readCheckpoint(FIRST.note);
  assert.equal(await signedByHouse(signed, { ...FIRST, key: OTHER_KEY }), false);
  assert.equal(await signedByHouse(signed, { ...FIRST, sale: "another" }), false);
});

test("what is no checkpoint is none", () => {
  const { note } = FIRST;
  for (const spoiled of ["", "\n\n", note.slice(0, -1), note.replace("\u2014", "-"), note.replace("head ", "tail "), note.replace(/\n\d+\n/, "\n07\n")]) {
    assert.equal(readCheckpoint(spoiled), null);
  }
});

test("a receipt that is not in the log the house signed is bad", async () => {
  const bad = { good: false, size: FIRST.proof.size };
  assert.deepEqual(await traced(receiptOf(FIRST), logOf(LINES[1]), atOnce), bad);
  assert.deepEqual(await traced(receiptOf(FIRST, { key: OTHER_KEY }), logOf(FIRST), atOnce), bad);
  assert.deepEqual(await traced(receiptOf(FIRST), logOf(FIRST, { checkpoint: async () => "nonsense" }), atOnce), { good: false, size: 0 });
});

test("a checkpoint that comes late is waited for, and a house that does not answer is no verdict", async () => {
  let asked = 0;
  const late = logOf(FIRST, { checkpoint: async () => (asked++ ? FIRST.note : Promise.reject(new Error("offline"))) });
  assert.equal((await traced(receiptOf(FIRST), late, atOnce)).good, true);
  const never = logOf(FIRST, { checkpoint: async () => Promise.reject(new Error("offline")) });
  assert.deepEqual(await traced(receiptOf(FIRST), never, atOnce), { good: null, size: 0 });
});

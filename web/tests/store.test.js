import assert from "node:assert/strict";
import { test } from "node:test";
import { moments } from "../shared/moments.js";
import { Store } from "../shared/store.js";
import { fromHouse, golden } from "./golden.js";

const picture = (seq, parts = {}) => ({ type: "picture", epoch: 1, seq, head: "aa", parts });
const record = (prev, seq, parts = {}) => ({ type: "record", epoch: 1, prev, seq, head: "bb", at_us: 0, parts, events: [] });

function storeAt(seq, parts) {
  const store = new Store();
  store.fold(picture(seq, parts));
  return store;
}

test("a picture replaces everything that was there", () => {
  const store = storeAt(3, { sale: { id: "old" }, "lot/9": { lot: 9 } });
  store.fold(picture(5, { sale: { id: "new" } }));
  assert.deepEqual(store.parts, { sale: { id: "new" } });
  assert.deepEqual(store.after(), { epoch: 1, seq: 5, head: "aa" });
});

test("a record replaces the parts it names and leaves the others", () => {
  const store = storeAt(3, { block: { lot: 1, calls: 0 }, figures: { sold: 0 } });
  assert.equal(store.fold(record(3, 4, { block: { lot: 1, calls: 1 } })), "folded");
  assert.deepEqual(store.parts, { block: { lot: 1, calls: 1 }, figures: { sold: 0 } });
  assert.equal(store.seq, 4);
});

test("a record at or below our own place is old news", () => {
  const store = storeAt(7, { block: { lot: 2 } });
  for (const [prev, seq] of [[5, 6], [6, 7]]) assert.equal(store.fold(record(prev, seq, { block: { lot: 1 } })), "old");
  assert.equal(store.block.lot, 2);
});

test("several records in one count from any place between them", () => {
  const store = storeAt(5);
  assert.equal(store.fold(record(3, 9, { block: { lot: 4 } })), "folded");
  assert.equal(store.seq, 9);
});

test("a record after a gap is not folded", () => {
  const store = storeAt(3, { block: { lot: 1 } });
  assert.equal(store.fold(record(5, 6, { block: { lot: 2 } })), "gap");
  assert.equal(store.block.lot, 1);
  assert.equal(store.seq, 3);
});

test("a record of another history, or before any picture, is a gap", () => {
  assert.equal(new Store().fold(record(0, 1)), "gap");
  assert.equal(storeAt(3).fold({ ...record(3, 4), epoch: 2 }), "gap");
});

test("a welcome to another history makes the next hello ask for everything", () => {
  const store = storeAt(3);
  store.fold({ ...fromHouse("welcome to the public"), epoch: 2 });
  assert.equal(store.after(), undefined);
});

test("an older private part does not replace a newer one", () => {
  const store = storeAt(3);
  store.fold({ type: "mine", seq: 9, part: { leads: [] } });
  assert.equal(store.fold({ type: "mine", seq: 8, part: { leads: [1] } }), "old");
  assert.deepEqual(store.mine.leads, []);
});

test("every golden frame of the house is understood or none of the store's business", () => {
  const business = new Set(["welcome", "picture", "record", "mine", "presence", "checkpoint"]);
  for (const { name, frame } of golden("server")) {
    const store = storeAt(frame.prev ?? 0);
    assert.equal(store.fold(frame), business.has(frame.type) ? "folded" : "other", name);
  }
});

test("the rostrum's picture lists lots and paddles in order", () => {
  const store = new Store();
  store.fold(fromHouse("picture for the rostrum"));
  assert.deepEqual(store.lots.map(({ lot }) => lot), [1, 2, 3]);
  assert.deepEqual(store.paddles.map(({ paddle }) => paddle), [8, 12]);
});

const block = (more) => ({ lot: 1, phase: "open", price_fen: null, calls: 0, ...more });
const MOMENTS = [
  ["a lot is put up", null, block(), ["opened"]],
  ["a first bid", block(), block({ price_fen: 100 }), ["bid"]],
  ["a call", block({ price_fen: 100 }), block({ price_fen: 100, calls: 1 }), ["called"]],
  ["a bid after a call", block({ price_fen: 100, calls: 2 }), block({ price_fen: 150 }), ["bid", "cancelled"]],
  ["a bid after a call and a new call, conflated", block({ price_fen: 100, calls: 1 }), block({ price_fen: 150, calls: 1 }), ["bid", "cancelled", "called"]],
  ["a suspension takes the calls back", block({ price_fen: 100, calls: 1 }), block({ price_fen: 100 }), ["cancelled"]],
  ["the hammer", block({ price_fen: 100, calls: 3 }), block({ price_fen: 100, calls: 3, phase: "sold" }), ["sold"]],
  ["a lot passed", block(), block({ phase: "passed" }), ["passed"]],
  ["a whole lot missed", block(), block({ lot: 2, price_fen: 100, phase: "sold", calls: 3 }), ["opened", "bid", "sold"]],
  ["nothing", block({ price_fen: 100 }), block({ price_fen: 100 }), []],
];

for (const [name, before, after, told] of MOMENTS) test(`moments: ${name}`, () => assert.deepEqual(moments(before, after), told));

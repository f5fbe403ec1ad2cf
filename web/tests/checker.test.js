// Checking everything on the record page: what is handed in, what is remembered, and what becomes of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Checker } from "../record/checker.js";
import { FakeStorage } from "./fakes.js";

const LINES = readFileSync(new URL("../../tests/golden/verdicts.jsonl", import.meta.url), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const named = (name) => LINES.find((line) => line.case === name);
const SALES = new Map(LINES.filter(({ sale }) => sale).map(({ sale, lines }) => [sale, lines]));
const exported = ({ of, lines }) => lines.map((line) => `${typeof line === "number" ? SALES.get(of)[line] : line}\n`).join("");

function checkerOf(text, storage = new FakeStorage()) {
  let told = 0;
  const checker = new Checker({ sale: "trial", read: async () => text, storage, told: () => told++ });
  return { checker, storage, told: () => told };
}

test("what holds is remembered, and convicts the house when it shows less the next day", async () => {
  const honest = exported(named("honest shown"));
  const { checker, storage } = checkerOf(honest);
  await checker.run();
  assert.equal(checker.verdict.verdict, "GOOD");
  assert.equal(checker.remembered.length, 1);
  const { of, lines } = named("forked under a checkpoint");
  const other = checkerOf(exported({ of, lines }), new FakeStorage());
  await other.checker.run();
  assert.equal(other.checker.verdict.verdict, "GOOD", "a fork is consistent in itself");
  storage.setItem("luochui/checkpoints/trial", JSON.stringify(Object.values(named("forked under a checkpoint").held)));
  const again = checkerOf(exported({ of, lines }), storage).checker;
  await again.run();
  assert.deepEqual([again.verdict.rule, again.verdict.evidence.startsWith("remembered:")], ["fork", true]);
  assert.equal(again.remembered.length, 1, "what convicts is kept, and nothing is added");
});

test("a receipt that is handed in is checked with the rest, and named where it convicts", async () => {
  const one = named("forked under a receipt");
  const { checker } = checkerOf(exported(one));
  const [[name, receipt]] = Object.entries(one.held);
  checker.hand(name, receipt);
  await checker.run();
  assert.deepEqual([checker.verdict.seq, checker.verdict.rule, checker.verdict.evidence], [one.seq, "fork", name]);
  checker.drop(name);
  assert.deepEqual([checker.state, checker.verdict, checker.held.size], ["idle", null, 0]);
});

test("what is neither receipt nor checkpoint is named and left out", () => {
  const { checker, told } = checkerOf("");
  for (const junk of ["", "{}", "null", "hello", '{"header": 1}']) checker.hand("junk.txt", junk);
  assert.deepEqual([checker.odd, checker.held.size, told()], ["junk.txt", 0, 5]);
});

test("a house that does not answer is no verdict, and a spoilt memory is none", async () => {
  const storage = new FakeStorage();
  storage.setItem("luochui/checkpoints/trial", "{");
  const checker = new Checker({ sale: "trial", read: () => Promise.reject(new Error("gone")), storage, told: () => {} });
  assert.deepEqual(checker.remembered, []);
  await checker.run();
  assert.deepEqual([checker.state, checker.verdict], ["failed", null]);
});

// The opening sheet as a bidder fills it in: fen exact, and nothing sealed that the tender did not ask for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName, named, passphraseFault, readField, sheetOf, sizeText, withFiles } from "../seal/form.js";

const TITLE = { zh: "", en: "" };
const TENDER = {
  fields: [
    { name: "price_fen", title: TITLE, kind: "money" },
    { name: "period_days", title: TITLE, kind: "whole" },
    { name: "quality", title: TITLE, kind: "text", needed: false },
  ],
  price: "price_fen",
  ceiling_fen: 2_000_000_00,
};
const [PRICE, PERIOD, QUALITY] = TENDER.fields;

for (const [typed, fen] of [["1234567.89", 123_456_789], ["１,２３４.５", 123_450], ["0.01", 1], ["99999999999.99", 9_999_999_999_999], ["100000000000", null], ["1.005", null], ["-1", null], ["1e3", null], ["0", null], ["一万", null]])
  test(`the price ${typed}`, () => {
    const { value, why } = readField(PRICE, typed, TENDER);
    assert.equal(value, fen);
    assert.equal(why?.key, fen === null ? "seal.field.not-money" : undefined);
  });

test("a price above the published ceiling is warned of, for the house decides", () => {
  assert.equal(readField(PRICE, "2000000.00", TENDER).warn, null);
  assert.deepEqual(readField(PRICE, "2000000.01", TENDER), {
    value: 200_000_001,
    why: null,
    warn: { key: "seal.field.above-ceiling", values: { ceiling: "¥2,000,000.00" } },
  });
  assert.equal(readField({ ...PRICE, name: "bond_fen" }, "2000000.01", TENDER).warn, null);
});

test("whole numbers and texts", () => {
  assert.equal(readField(PERIOD, "１80", TENDER).value, 180);
  for (const typed of ["1.5", "-3", "一百", "1234567890123456"]) assert.equal(readField(PERIOD, typed, TENDER).why.key, "seal.field.not-whole");
  assert.equal(readField(QUALITY, " 合格 ", TENDER).value, "合格");
  for (const typed of ["宽".repeat(667), "\ud800"]) assert.equal(readField(QUALITY, typed, TENDER).why.key, "seal.field.too-long");
});

test("the sheet holds what was asked for and filled in, or is none", () => {
  assert.deepEqual(sheetOf(TENDER, { price_fen: "1", period_days: "2", other: "3" }), { price_fen: 100, period_days: 2 });
  assert.deepEqual(sheetOf(TENDER, { price_fen: "1", period_days: "2", quality: "优" }), { price_fen: 100, period_days: 2, quality: "优" });
  assert.equal(sheetOf(TENDER, { price_fen: "1", period_days: " " }), null);
  assert.equal(sheetOf(TENDER, {}), null);
});

test("a file chosen again stands for the earlier one", () => {
  const [a, b, c] = [{ name: "a", size: 1 }, { name: "b", size: 2 }, { name: "a", size: 3 }];
  assert.deepEqual(withFiles([a, b], [c]), [b, c]);
});

test("passphrases are long enough, by characters, and typed twice", () => {
  assert.equal(passphraseFault("𠮷𠮷𠮷𠮷𠮷", ""), "seal.words.too-short");
  assert.equal(passphraseFault("0123456789", "012345678"), "seal.words.differ");
  assert.equal(passphraseFault("0123456789", "0123456789"), null);
});

test("what is said and saved has the names of people", () => {
  assert.deepEqual([0, 1023, 1536, 1 << 20].map(sizeText), ["0 B", "1023 B", "1.5 KiB", "1.0 MiB"]);
  assert.deepEqual(named({ part: "sheet", chunk: 0 }, (key) => `<${key}>`), { part: "<seal.part.sheet>", chunk: 0 });
  assert.deepEqual(named({ part: "PEM" }, () => ""), { part: "PEM" });
  assert.equal(fileName("recovery", { tender: "HZ-1", section: "2", bidder: "b", version: 3 }), "recovery-HZ-1-2-b-v3.json");
});

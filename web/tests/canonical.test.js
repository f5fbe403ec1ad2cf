import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical } from "../shared/canonical.js";
import { golden } from "./golden.js";

for (const { name, frame, text } of golden("client")) {
  test(`${name} is spelled as the house spells it`, () => assert.equal(canonical(frame), text));
}

for (const { name, text, code } of golden("refused")) {
  if (code === "E_JSON_NOT_CANONICAL")
    test(`${name} is not how we spell it`, () => assert.notEqual(canonical(JSON.parse(text)), text));
}

test("keys are sorted by code point, not by UTF-16 unit", () => {
  assert.equal(canonical({ "\u{1F528}": 1, "\uFF0C": 2 }), '{"\uFF0C":2,"\u{1F528}":1}');
});

test("what is undefined is left out", () => assert.equal(canonical({ b: undefined, a: null }), '{"a":null}'));

test("a fraction, an unsafe number and half a character are refused", () => {
  for (const value of [1.5, 2 ** 53, Number.NaN, "\uD83D"]) assert.throws(() => canonical(value), TypeError);
});

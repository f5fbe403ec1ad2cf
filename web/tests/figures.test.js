// What the figures pages decide before anything is drawn: scales, what stands behind a figure, how figures are written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, lotsBehind, recordLink } from "../figures/behind.js";
import { percent, scaleFor } from "../figures/scales.js";
import { NONE, between, delay, lasting, money, plain, printedYi, scaleMoney, yi } from "../figures/texts.js";
import { useCatalogue } from "../shared/i18n.js";
import { readText } from "./sources.js";

const SCALES = [
  [0, 4, 4],
  [3, 4, 4],
  [4, 4, 4],
  [5, 5, 5],
  [33, 40, 4],
  [136, 200, 4],
  [9_510_000, 10_000_000, 5],
  [15_000_000, 20_000_000, 4],
];

for (const [value, most, parts] of SCALES) {
  test(`a scale for ${value} ends at ${most} and has whole steps`, () => {
    assert.deepEqual(scaleFor(value), { most, parts });
    assert.ok(Number.isInteger(most / parts));
  });
}

const lot = (more) => ({ lot: 1, phase: "sold", channel: "hall", ...more });
const figures = { top: { lot: 2 }, by_lot: [lot(), lot({ lot: 2, channel: "online" }), lot({ lot: 3, phase: "passed" }), lot({ lot: 4, phase: "open" })] };

const BEHIND = [
  ["turnover", [1, 2]],
  ["top", [2]],
  ["passed", [3]],
  ["bids", [1, 2, 3]],
  ["sold.hall", [1]],
  ["sold.online", [2]],
  ["bids.hall", null],
  ["refused.E_BID_TOO_LOW", null],
  ["constructor", null],
];

for (const [of, lots] of BEHIND) {
  test(`behind ${of} stand ${lots ? `lots ${lots}` : "records"}`, () => assert.deepEqual(lotsBehind(of, figures)?.map((each) => each.lot) ?? null, lots));
}

test("an address asks for a figure, and leads to a record", () => {
  assert.equal(asked("#of=spans.hall.3"), "spans.hall.3");
  assert.equal(asked(""), null);
  assert.equal(recordLink(12), "record#seq=12");
});

test("what is not known is a dash", () => {
  for (const text of [money(null), plain(null), delay(null), lasting(null), percent(0, 0)]) assert.equal(text, NONE);
});

const DELAYS = [
  [85, "85 µs"],
  [1_240, "1.24 ms"],
  [23_400, "23 ms"],
  [1_200_000, "1.2 s"],
];

for (const [us, text] of DELAYS) test(`${us} µs are written ${text}`, () => assert.equal(delay(us), text));

test("published money keeps the places it was printed with; what is worked out has three", () => {
  assert.deepEqual([47_000_000_000, 590_800_000_000, 2_902_570_000].map(printedYi), ["4.7", "59.08", "0.290257"]);
  assert.equal(yi(46_289_534_269), "4.629");
});

test("bars are named by their edges", () => {
  assert.deepEqual([0, 1, 2].map((at) => between([100, 1000], at)), ["≤ 100 µs", "100 µs – 1 ms", "> 1 ms"]);
});

test("money on a scale and spans of minutes are written as each language has them", () => {
  for (const [lang, said] of /** @type {const} */ ([["zh-CN", ["5000 元", "15 万元", "3 分 05 秒"]], ["en", ["¥5000", "¥150k", "3 min 05 s"]]])) {
    useCatalogue(lang, JSON.parse(readText(`shared/locales/${lang}.json`)));
    assert.deepEqual([scaleMoney(500_000), scaleMoney(15_000_000), lasting(185_000)], said);
  }
});

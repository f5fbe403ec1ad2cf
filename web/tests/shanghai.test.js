// @ts-check
/** The published months: where they stand, where lines break, and what is said of them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { across, extremes, hitText, marks, nearest, place, runs, years } from "../shanghai/months.js";

/** @param {string} month @param {number} [lowest_fen] */
const of = (month, lowest_fen = 100) => ({ month, plates: 10, bidders: 131, lowest_fen, average_fen: lowest_fen, hit_permille: 76, doubt: null });
const months = [of("2007-12", 300), of("2008-01", 100), of("2008-03", 500), of("2008-04", 200)];

test("a line breaks where a month is missing, and the months beside the gap stand two apart", () => {
  const lines = runs(months, (month) => month.lowest_fen);
  assert.deepEqual(lines.map((line) => line.map(({ value }) => value)), [[300, 100], [500, 200]]);
  assert.equal(place("2008-03") - place("2008-01"), 2);
  assert.deepEqual(months.map((month) => across(months, month)), [0, 0.25, 0.75, 1]);
});

test("the month nearest to where one points is chosen", () => {
  assert.deepEqual([0, 0.2, 0.45, 0.6, 1].map((x) => nearest(months, x)), [0, 1, 1, 2, 3]);
});

test("every fourth January is named", () => {
  assert.deepEqual(years([of("2002-01"), of("2012-01")]).map(({ year }) => year), [2002, 2006, 2010]);
  assert.deepEqual(years([of("2002-02"), of("2003-02")]), [{ year: 2003, x: 11 / 12 }]);
});

test("the least and the greatest are found, and the hit rate is written in per cent", () => {
  const { least, most } = extremes(months, (month) => month.lowest_fen);
  assert.deepEqual([least.month, most.month, hitText(least)], ["2008-01", "2008-03", "7.6%"]);
});

test("where there are too few months for years, the first and the last are named", () => {
  assert.deepEqual(marks([of("2025-11"), of("2026-02"), of("2026-03")]), [{ text: "2025-11", x: 0 }, { text: "2026-03", x: 1 }]);
  assert.deepEqual(marks([of("2002-01"), of("2012-01")]).map(({ text }) => text), ["2002", "2006", "2010"]);
});

// @ts-check
/** The day's board: which lines hang together, in what words a line stands, and how long until what comes next. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ROWS, leftOf, onPage, pages, standsKey } from "../board/lines.js";

/** @param {Partial<import("../board/lines.js").Line>} [more] @returns {import("../board/lines.js").Line} */
const line = (more) => ({
  sale: "s", kind: "opening", room: null, title: { zh: "甲", en: "A" }, phase: "planned", suspended: null, lots: 1, sold: 0, opens_at_us: 1, result: null,
  stage: "receiving", due: "deadline", due_us: 10_000_000, ...more,
});

test("every line hangs on one page, in order, and the pages begin anew after the last", () => {
  for (const many of [0, 1, ROWS, ROWS + 1, 3 * ROWS]) {
    const lines = Array.from({ length: many }, (_, at) => at);
    const all = Array.from({ length: pages(many) }, (_, page) => onPage(lines, page));
    assert.deepEqual(all.flat(), lines);
    assert.ok(all.every((page) => page.length <= ROWS && (page.length || !many)));
    assert.deepEqual(onPage(lines, pages(many)), all[0]);
  }
});

test("an opening stands at its stage, any other at its phase, and what is suspended is said to be", () => {
  assert.equal(standsKey(line()), "board.stage.receiving");
  assert.equal(standsKey(line({ phase: "suspended", stage: "unsealing" })), "phase.suspended");
  assert.equal(standsKey(line({ kind: "auction", stage: null, phase: "open" })), "phase.open");
});

test("a countdown ends at its instant, and then only says that the house's word is awaited", () => {
  assert.equal(leftOf(line(), 0), "00:10");
  assert.equal(leftOf(line({ due_us: 3_725_000_000 }), 0), "1:02:05");
  assert.equal(leftOf(line(), 10_000_000), null);
  assert.equal(leftOf(line({ due: null, due_us: null }), 0), null);
});

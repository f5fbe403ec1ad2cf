// @ts-check
/** The house's own quota sales by month: which lines are shown, which columns they need, and what is plotted. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { columns, courses, over } from "../quota-months/lines.js";

/** @param {string} month @param {Partial<import("../quota-months/lines.js").Line>} [other] @returns {import("../quota-months/lines.js").Line} */
const line = (month, other = {}) => ({
  month, sale: `q-${month}`, title: { zh: "期", en: "sale" }, phase: "closed", final: true, opened_at_us: 1, class: "personal", quota: 2, offers: 4, winners: 2, share: "50.0%",
  lowest_fen: 100, lowest_at_us: 2, average_fen: 150, uniform_fen: null, drawn: 0, ...other,
});

test("only sales that are over are shown", () => {
  const lines = [line("2026-01"), line("2026-02", { phase: "open" }), line("2026-03", { phase: "planned", month: null })];
  assert.deepEqual(over(lines).map(({ month }) => month), ["2026-01"]);
});

test("a course is drawn of each class from its second month on, and leaves out what nobody won", () => {
  const lines = [line("2026-01"), line("2026-02", { lowest_fen: null, average_fen: null }), line("2026-03"), line("2026-03", { class: "company" })];
  assert.deepEqual(courses(lines).map(({ name, months }) => [name, months.length]), [["personal", 2]]);
  assert.deepEqual(courses([line("2026-01"), line("2026-01")]), [], "two sales of one month make no course");
});

test("a column stands only where it says something", () => {
  assert.deepEqual(columns([line("2026-01")]), { classes: false, uniform: false, drawn: false });
  assert.deepEqual(columns([line("2026-01", { drawn: 3 }), line("2026-01", { class: "company", uniform_fen: 5 })]), { classes: true, uniform: true, drawn: true });
});

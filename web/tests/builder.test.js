// What the builder sends: only what means something, numbers as numbers, and what cannot be one as it was typed; and what a sheet says in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EXTENSION, noticeOf, valueAt, withValue } from "../builder/fields.js";
import { PRESETS, newForm } from "../builder/presets.js";
import { useCatalogue } from "../shared/i18n.js";
import { sheetSentences } from "../shared/sheet.js";
import { readText } from "./sources.js";

const form = (preset, more = {}) => Object.entries(more).reduce((made, [at, value]) => withValue(made, at, value), { ...newForm(), rules: PRESETS[preset] });

test("a sale in the hall says nothing of a clock", () => {
  const { rules } = noticeOf(form("hall"));
  assert.equal(rules.timed, undefined);
  assert.deepEqual([rules.calls, rules.dwell_s, rules.opens_at], [3, 3, null]);
  assert.deepEqual(rules.increments[0], { from_yuan: 0, step_yuan: 200 });
});

for (const [kind, names] of Object.entries(EXTENSION)) {
  test(`an extension ${kind} says what it needs and no more`, () => {
    const { extension } = noticeOf(form("online", { "rules.timed.extension.kind": kind })).rules.timed;
    assert.deepEqual(Object.keys(extension).sort(), ["kind", ...names].sort());
  });
}

test("what is no number is sent as it was typed", () => {
  const { rules } = noticeOf(form("hall", { "rules.calls": " ３ ", "rules.dwell_s": "9".repeat(20), "rules.delivery_percent": "" }));
  assert.deepEqual([rules.calls, rules.dwell_s, rules.delivery_percent], ["３", "9".repeat(20), null]);
});

test("an instant is of the house's own time", () => {
  assert.equal(noticeOf(form("hall", { "rules.opens_at": "2026-12-01T09:30" })).rules.opens_at, "2026-12-01T09:30:00+08:00");
});

test("a value put into a form leaves the form before as it was", () => {
  const before = newForm();
  const after = withValue(before, "rules.timed.free_s", "7");
  assert.deepEqual([valueAt(before, "rules.timed.free_s"), valueAt(after, "rules.timed.free_s")], ["600", "7"]);
});

/** The part `rules` that a preset comes to. */
function sheetOf(preset) {
  const { timed, increments, visibility, ...rules } = noticeOf(form(preset)).rules;
  const extension = timed && { within_s: 0, by_s: 0, cap_s: null, count_max: null, top_k: null, shrink_s: 0, least_s: 0, reach_fen: null, ...timed.extension };
  return {
    reoffer_lower_percent: 0,
    ...rules,
    opens_at_us: null,
    visibility,
    timed: timed ? { pause_s: 30, ...timed, extension } : null,
    increments: increments.map(({ from_yuan, step_yuan }) => ({ from_fen: from_yuan * 100, step_fen: step_yuan * 100 })),
  };
}

for (const lang of ["zh-CN", "en"]) {
  for (const preset of Object.keys(PRESETS)) {
    test(`the sheet ${preset} is said in ${lang}`, () => {
      useCatalogue(lang, JSON.parse(readText(`shared/locales/${lang}.json`)));
      const said = sheetSentences(sheetOf(preset));
      assert.ok(said.length >= 10);
      for (const sentence of said) assert.match(sentence, lang === "en" ? /^[A-Z][^{}\u4e00-\u9fff]*\.$/ : /^[^{}]*[\u4e00-\u9fff][^{}]*。$/, sentence);
    });
  }
}

test("every extension has its sentence", () => {
  useCatalogue("en", JSON.parse(readText("shared/locales/en.json")));
  for (const kind of Object.keys(EXTENSION)) {
    const sheet = sheetOf("online");
    sheet.timed.extension = { ...sheet.timed.extension, kind, cap_s: 3600, count_max: 5, top_k: 3, reach_fen: 100 };
    assert.ok(!sheetSentences(sheet).some((sentence) => sentence.startsWith("sheet.")), kind);
  }
});

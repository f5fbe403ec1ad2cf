// Tampered exports get the same verdict here as from the outsider's program: the same record, the same rule.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkExport } from "../shared/check-export.js";

const LINES = readFileSync(new URL("../../tests/golden/verdicts.jsonl", import.meta.url), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const SALES = new Map(LINES.filter(({ sale }) => sale).map(({ sale, lines }) => [sale, lines]));
const [{ key: KEY }] = LINES;

/** The text of a case's export. */
function exported({ of, lines }) {
  return lines.map((line) => `${typeof line === "number" ? SALES.get(of)[line] : line}\n`).join("");
}

for (const one of LINES.filter((line) => line.case)) {
  test(`${one.case}: ${one.rule === null ? "holds" : `${one.rule} at record ${one.seq}`}`, async () => {
    const { verdict, seq, rule } = await checkExport(exported(one), { key: KEY, held: one.held });
    assert.deepEqual({ verdict, seq, rule }, { verdict: one.rule === null ? "GOOD" : "BAD", seq: one.seq, rule: one.rule });
  });
}

test("what cannot be judged is counted, and what convicts is named", async () => {
  const honest = LINES.find((line) => line.case === "honest any");
  const good = await checkExport(exported(honest), { key: KEY, held: honest.held });
  assert.ok(good.not_judged.hidden > 0);
  assert.equal(good.unchecked, 0);
  const forked = LINES.find((line) => line.case === "forked under a receipt");
  const bad = await checkExport(exported(forked), { key: KEY, held: forked.held });
  assert.equal(bad.evidence, Object.keys(forked.held)[0]);
});

for (const junk of ["", "{}", "x", '{"type":"sale"}', "null"]) {
  test(`${JSON.stringify(junk)} is no export and no crash`, async () => assert.equal((await checkExport(junk)).verdict, "BAD"));
}

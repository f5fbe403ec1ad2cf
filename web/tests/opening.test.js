// What the pages of an opening of sealed bids decide before anything is drawn, with parts as the house sends them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTROLS, controlsFor, moreOf, whenOf, whyNot } from "../opening-desk/controls.js";
import { AT_ONCE, batchesOf } from "../opening-trustee/answers.js";
import { Followed } from "../opening/followed.js";
import { STAGES, boardOf, ceilingsDue, clockOf, coefficientsDue, rowsOf, stepsOf, undecidedOf } from "../opening/opening.js";
import { Reading, SILENT_MS_A_CHARACTER } from "../opening/reading.js";
import { amountWords, bidSaid, elapsedText, leftLongText, valueText } from "../opening/words.js";
import { TURN_US, turnOf } from "../opening/turns.js";
import { digestsOf, papersOf, recordsOf } from "../opening-result/paper.js";
import { useCatalogue } from "../shared/i18n.js";
import { readText } from "./sources.js";

useCatalogue("en", JSON.parse(readText("shared/locales/en.json")));

const S = 1_000_000;
const DEADLINE = 1_796_000_000 * S;

const FIELDS = [
  { name: "price_fen", title: { zh: "投标报价", en: "Price" }, kind: "money", needed: true },
  { name: "period_days", title: { zh: "工期", en: "Days" }, kind: "whole", needed: true },
  { name: "quality", title: { zh: "质量", en: "Quality" }, kind: "text", needed: false },
];
const TENDER = { sections: [{ section: "1", ceiling_told: "at_opening", coefficients: [950, 960] }, { section: "2", ceiling_told: "none", coefficients: [] }], fields: FIELDS, price: "price_fen" };
const OPENING = { stage: "receiving", deadline_us: DEADLINE, root: null, closed_at_us: null, started_at_us: null, listed_at_us: null, read_out_at_us: null, report: null, reconvened: 0 };
const bid = (/** @type {number} */ bidder, /** @type {string} */ state, more = {}) => ({ bidder, name: `B${bidder}`, deposit: "paid", state, sheet: null, flaws: [], ...more });
const section = (more = {}) => ({ section: "1", title: { zh: "一", en: "One" }, failed: false, envelopes: null, ceiling_fen: null, coefficient_permille: null, bidders: null, ...more });

/** @returns {any} */
const shown = (opening = {}, parts = {}, sale = {}) => ({
  sale: { phase: "open", ...sale },
  parts: { tender: TENDER, opening: { ...OPENING, ...opening }, "section/1": section(), ...parts },
});

const CLOCK = [
  ["deadline", DEADLINE - S, shown()],
  ["closing", DEADLINE, shown()],
  ["nothing", DEADLINE, shown({ stage: "closed" })],
  ["window", DEADLINE, shown({ stage: "unsealing" }, { unsealing: { at_us: DEADLINE - S, ends_at_us: DEADLINE + S } })],
  ["ending", DEADLINE + S, shown({ stage: "unsealing" }, { unsealing: { at_us: DEADLINE - S, ends_at_us: DEADLINE + S } })],
  ["paused", DEADLINE, shown({ stage: "unsealing" }, { unsealing: { at_us: 0, ends_at_us: 1 } }, { phase: "suspended" })],
];

for (const [counts, now_us, one] of CLOCK) test(`the clock counts ${counts}`, () => assert.equal(clockOf(one, now_us).counts, counts));

test("the way of the opening is told from the picture, with the instants that are known", () => {
  const steps = stepsOf(shown({ stage: "unsealing", closed_at_us: 1, started_at_us: 2, listed_at_us: 3 }, { unsealing: { at_us: 4, ends_at_us: 5 } }));
  assert.deepEqual(steps.map(({ state }) => state), ["done", "done", "done", "done", "now", "next", "next", "next", "next"]);
  assert.deepEqual(steps.map(({ at_us }) => at_us), [null, 1, 2, 3, 4, null, null, null, null]);
});

test("an opening that could not be held leaves out what did not happen, and one that is reconvened has a step more", () => {
  const steps = stepsOf(shown({ stage: "ended" }));
  assert.deepEqual(steps.filter(({ state }) => state === "left_out").map(({ stage }) => stage), ["listed", "unsealing", "combining", "read_out", "signing"]);
  assert.equal(stepsOf(shown({ stage: "reconvened", listed_at_us: 1, reconvened: 1 })).at(-1)?.state, "now");
});

test("before the list there is no board, no row and no bidder, whatever lies in the picture", () => {
  const early = shown({ stage: "started" }, { "section/1": section({ bidders: [bid(7, "sealed")] }) });
  assert.equal(boardOf(early, DEADLINE), null);
  assert.deepEqual(rowsOf(early), []);
});

test("the board counts each envelope once", () => {
  const bidders = [bid(1, "sealed"), bid(2, "unsealed"), bid(3, "remedied"), bid(4, "opened"), bid(5, "revoked"), bid(6, "withdrawn")];
  const board = boardOf(shown({ stage: "combining", listed_at_us: 1 }, { "section/1": section({ bidders }), unsealing: { at_us: 10, ends_at_us: 20 } }), 10 + 61 * S);
  assert.deepEqual(board, { total: 6, waiting: 1, running: 2, opened: 1, lapsed: 2, elapsed_us: 61 * S });
  assert.equal(elapsedText(board?.elapsed_us ?? 0), "0:01:01");
});

test("what is due is what the tender asks and the picture lacks", () => {
  assert.deepEqual([ceilingsDue(shown()).length, coefficientsDue(shown()).length], [1, 1]);
  const told = shown({}, { "section/1": section({ ceiling_fen: 5, coefficient_permille: 950 }) });
  assert.deepEqual([ceilingsDue(told).length, coefficientsDue(told).length], [0, 0]);
  assert.equal(ceilingsDue(shown({}, { "section/1": section({ failed: true }) })).length, 0);
});

test("only what has evidence and no decision is to be decided", () => {
  const evidence = [{ section: "1", bidder: 1 }, { section: "1", bidder: 2 }];
  const one = shown({ listed_at_us: 1 }, { "section/1": section({ bidders: [bid(1, "sealed"), bid(2, "opened"), bid(3, "sealed")] }), officers: { evidence, troubles: [] } });
  assert.deepEqual(undecidedOf(one).map(({ bidder }) => bidder), [1]);
});

test("a span above a day has days", () => {
  assert.equal(leftLongText(2 * 86_400 * S + 61 * S), "2 days 0:01:01");
  assert.equal(leftLongText(86_400 * S), "1 day 0:00:00");
  assert.equal(leftLongText(3_600 * S), "1:00:00");
});

test("what a bidder sealed in is shown as it stands where it is no amount", () => {
  assert.equal(valueText(FIELDS[0], 123_400), "¥1,234.00");
  assert.equal(valueText(FIELDS[0], "many"), "many");
  assert.equal(valueText(FIELDS[0], -5), "-5");
  assert.equal(valueText(FIELDS[0], undefined), "—");
  assert.equal(amountWords(10 ** 15), "");
});

test("a bid is said whole, and one that lapsed by how it lapsed", () => {
  const sheet = { price_fen: 1_248_000_000, period_days: 180, quality: "good" };
  assert.equal(bidSaid(TENDER, bid(1, "opened", { sheet }), 1), "Bid 1. B1: Price 12480000 yuan, Days 180, Quality good.");
  assert.equal(bidSaid(TENDER, bid(2, "revoked"), 2), "Bid 2. B2: deemed revoked.");
});

function stage(voiced = true) {
  const said = [];
  const waits = [];
  const speech = { speak: (line) => said.push(line), cancel() {}, getVoices: () => (voiced ? [{ lang: "zh-CN" }] : []) };
  const timer = { after: (ms, run) => (waits.push({ ms, run }), () => waits.splice(0)) };
  return { said, waits, reading: new Reading({ speech, make: (text, lang, done) => ({ text, lang, done }), timer, changed() {} }) };
}

test("rows are read one after another, and nothing is marked when all are read", () => {
  const { said, reading } = stage();
  reading.toggle(["a", "b"], "zh-CN");
  said[0].done();
  assert.deepEqual([reading.at, said.map(({ text }) => text)], [1, ["a", "b"]]);
  said[1].done();
  assert.deepEqual([reading.at, reading.going], [null, false]);
});

test("a reading that was paused is taken up at its row, and the end of what was broken off moves nothing", () => {
  const { said, reading } = stage();
  reading.toggle(["a", "b", "c"], "zh-CN");
  said[0].done();
  reading.toggle([], "zh-CN");
  said[1].done();
  assert.deepEqual([reading.at, reading.going], [1, false]);
  reading.step(1, ["a", "b", "c"], "zh-CN");
  assert.equal(reading.at, 2);
  reading.toggle(["a", "b", "c"], "zh-CN");
  assert.equal(said.at(-1).text, "c");
});

test("without a voice the mark goes on by time", () => {
  const { waits, reading } = stage(false);
  reading.toggle(["abc", "b"], "zh-CN");
  assert.equal(waits[0].ms, 3 * SILENT_MS_A_CHARACTER);
  waits[0].run();
  assert.equal(reading.at, 1);
  reading.stop();
  assert.equal(reading.at, null);
});

test("a page follows the row another page reads, and nothing that is none", () => {
  const channel = { onmessage: null, posted: [], postMessage: (data) => channel.posted.push(data) };
  const followed = new Followed("s", () => {}, () => channel);
  channel.onmessage({ data: { row: { section: "1", bidder: 7, more: 1 } } });
  assert.deepEqual(followed.row, { section: "1", bidder: 7 });
  channel.onmessage({ data: "junk" });
  assert.equal(followed.row, null);
  followed.tell({ section: "1", bidder: 8 });
  assert.deepEqual(channel.posted, [{ row: { section: "1", bidder: 8 } }]);
});

const ROWS = [1, 2, 3].map((bidder) => ({ section: "1", bidder })).concat([{ section: "2", bidder: 1 }]);

test("rows take turns by the clock of the house, a section at a time, and the row that is read is on screen", () => {
  assert.deepEqual(turnOf(ROWS, 2, 0).shown.map(({ bidder }) => bidder), [1, 2]);
  assert.deepEqual(turnOf(ROWS, 2, TURN_US).shown.map(({ bidder }) => bidder), [3]);
  assert.deepEqual(turnOf(ROWS, 2, 0, ROWS[3]), { page: 2, pages: 3, shown: [ROWS[3]] });
  assert.deepEqual(turnOf([], 2, TURN_US), { page: 0, pages: 0, shown: [] });
});

test("no two controls of an office share a key at one stage, nor take one of the reading's", () => {
  for (const office of ["host", "supervisor", "registrar"]) {
    for (const stage of STAGES) {
      for (const phase of ["open", "suspended"]) {
        const keys = controlsFor(shown({ stage }, {}, { phase }), office).map(({ key }) => key);
        assert.deepEqual(keys, [...new Set(keys)]);
        assert.ok(!keys.some((key) => "vjkf?".includes(key)));
      }
    }
  }
});

const why = (/** @type {string} */ name, /** @type {any} */ one, office = "host") => {
  const control = CONTROLS.find((each) => each.name === name);
  assert.ok(control);
  return whyNot(control, one, office)?.[0] ?? null;
};

const WHYS = [
  ["read_out", "opening.cannot.ceiling", shown({ stage: "combining", listed_at_us: 1 })],
  ["read_out", "opening.cannot.sealed", shown({ stage: "combining", listed_at_us: 1 }, { "section/1": section({ ceiling_fen: 5, bidders: [bid(1, "sealed")] }) })],
  ["read_out", "opening.cannot.coefficient", shown({ stage: "combining", listed_at_us: 1 }, { "section/1": section({ ceiling_fen: 5, bidders: [bid(1, "opened")] }) })],
  ["read_out", null, shown({ stage: "combining", listed_at_us: 1 }, { "section/1": section({ ceiling_fen: 5, coefficient_permille: 950, bidders: [bid(1, "revoked")] }) })],
  ["close_unsealing", "opening.cannot.window", shown({ stage: "unsealing", listed_at_us: 1 }, { "section/1": section({ bidders: [bid(1, "sealed")] }) })],
  ["order_remedy", "opening.cannot.no-remedy", shown({ stage: "combining", listed_at_us: 1 })],
  ["open_signing", "opening.cannot.objections", shown({ stage: "read_out" }, { objections: { objections: [{ no: 1, answer: null }] } })],
  ["open_signing", null, shown({ stage: "read_out" }, { objections: { objections: [{ no: 1, answer: "so" }] } })],
  ["end_opening", "opening.cannot.signatures", shown({ stage: "signing" }, {}, { signed: ["host"] })],
  ["end_opening", null, shown({ stage: "signing" }, {}, { signed: ["host", "supervisor"] })],
  ["publish_list", "opening.cannot.paused", shown({ stage: "started" }, {}, { phase: "suspended" })],
  ["answer_objection", null, shown({ stage: "read_out" }, { objections: { objections: [{ no: 1, answer: null }] } }, { phase: "suspended" })],
  ["confirm_time", "opening.cannot.own-proposal", shown({}, { officers: { proposal: { by: "host:1" }, evidence: [], troubles: [] } })],
  ["propose_time", "opening.cannot.proposed", shown({}, { officers: { proposal: { by: "registrar:1" }, evidence: [], troubles: [] } })],
];

for (const [name, says, one] of WHYS) test(`${name} ${says ?? "may be asked"}`, () => assert.equal(why(name, one), says));

test("the other office may confirm another time", () => {
  assert.equal(why("confirm_time", shown({}, { officers: { proposal: { by: "host:1" }, evidence: [], troubles: [] } }), "registrar"), null);
});

test("a day and time is read as officers write it, at the house", () => {
  const at = Date.UTC(2026, 11, 1, 1, 30) * 1000;
  for (const typed of ["2026-12-01 09:30", " 2026/12/1 9:30", "２０２６-12-01 09：30", "2026年12月1日 9:30"]) assert.equal(whenOf(typed), at, typed);
  for (const typed of ["", "tomorrow", "2026-02-30 09:30", "2026-12-01 24:30", "2026-12-01 09:60", "2026-12-01"]) assert.equal(whenOf(typed), null, typed);
});

const WANTED = [1, 2, 3, 4, 5].map((bidder) => ({ section: "1", bidder, half: /** @type {const} */ ("hall") })).concat([{ section: "1", bidder: 1, half: /** @type {any} */ ("remedy") }]);

test("a trustee's answers go a few at a time, each half by itself, and only what is wanted", () => {
  const answers = [...WANTED, { section: "9", bidder: 9, half: "hall" }].map((one) => ({ ...one, answer: `${one.half} ${one.bidder}` }));
  const batches = batchesOf(JSON.stringify({ answers }), WANTED);
  assert.deepEqual(batches?.map(({ half, answers }) => [half, answers.length]), [["hall", AT_ONCE], ["hall", 1], ["remedy", 1]]);
  assert.deepEqual(batches?.at(-1)?.answers, [{ section: "1", bidder: 1, answer: "remedy 1" }]);
});

test("what is no file of answers is not sent", () => {
  for (const text of ["", "{}", "[]", "null", '{"answers": [{}]}', '{"answers": [null]}', '{"answers": [{"section": "1", "bidder": "1", "half": "hall", "answer": "x"}]}']) assert.equal(batchesOf(text, WANTED), null, text);
  assert.deepEqual(batchesOf('{"answers": []}', WANTED), []);
});

test("a stop stops what runs, and else says that it is put on the record", () => {
  const stop = CONTROLS.find(({ name }) => name === "stop");
  const more = (/** @type {any} */ stage, phase = "open") => moreOf(/** @type {any} */ (stop), /** @type {any} */ ({ sale: { phase }, parts: { opening: { stage } } }));
  assert.deepEqual(["receiving", "started", "signing", "ended"].map((stage) => more(stage)), ["opening.more.stop-on-record", "opening.more.stop", "opening.more.stop", "opening.more.stop-on-record"]);
  assert.equal(more("unsealing", "suspended"), "opening.more.stop-on-record");
});

test("papers are there once an opening is over, signed where the house signs; the record itself always", () => {
  const says = (/** @type {any} */ sale, /** @type {boolean} */ signs) => papersOf("t/1", sale, signs).map(({ href }) => href.replace("/api/sales/t%2F1", ""));
  assert.deepEqual(says({ phase: "open" }, true), ["/export.jsonl"]);
  assert.deepEqual(says(null, true), ["/export.jsonl"]);
  assert.deepEqual(says({ phase: "closed" }, false), ["/papers/opening-record.pdf?lang=en", "/papers/opening-record.json", "/export.jsonl"]);
  assert.equal(says({ phase: "closed" }, true)[1], "/papers/opening-record.pdf?lang=en&signed=1");
});

test("the result cites the record of each step, in their order, and of each envelope", () => {
  const paper = { times: { read_out: { at_us: 9, seq: 30 }, closed: { at_us: 1, seq: 11 }, ended: null }, sections: [{ section: "1", bids: [{ bidder: 7, name: "A", manifest: "ab", received_at_us: 3, received_seq: 4 }] }] };
  assert.deepEqual(recordsOf(paper).map(({ stage, seq }) => [stage, seq]), [["closed", 11], ["read_out", 30]]);
  assert.deepEqual(digestsOf(paper), [{ bidder: 7, name: "A", manifest: "ab", at_us: 3, seq: 4 }]);
  assert.deepEqual([recordsOf(null), digestsOf(null)], [[], []]);
});

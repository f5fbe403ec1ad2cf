// What the hall decides before it draws: how long is left, what is stale, what is said aloud, which cards are up, which sentence stands.

import assert from "node:assert/strict";
import { test } from "node:test";
import { amountSaid, line } from "../hall/lines.js";
import { sentence } from "../hall/sentence.js";
import { SILENT_US, staleSince } from "../hall/stale.js";
import { CARDS_MAX, TURN_US, allAtOnce, turnOf } from "../hall/turns.js";
import { SETTLES_MS, Voice } from "../hall/voice.js";
import { leftText, stageOf } from "../shared/ending.js";
import { heralded } from "../shared/herald.js";
import { useCatalogue } from "../shared/i18n.js";
import { moments } from "../shared/moments.js";
import { FakeTimer } from "./fakes.js";
import { readText } from "./sources.js";

const zh = JSON.parse(readText("shared/locales/zh-CN.json"));
const en = JSON.parse(readText("shared/locales/en.json"));
test.beforeEach(() => useCatalogue("zh-CN", zh));

const block = (more) => ({
  lot: 1, plate: "豫H8H888", classes: [], opening_fen: 5_000_000, phase: "open", price_fen: 52_000_000, leader: { paddle: 8 }, leader_channel: "online",
  calls: 0, asked_fen: 53_000_000, step_fen: 1_000_000, bid_count: 1, bids: [{ at_us: 50, amount_fen: 52_000_000, who: { paddle: 8 }, channel: "online" }], ...more,
});

// Time

const LEFT = [[0, "00.0"], [-5, "00.0"], [1, "00.1"], [9_400_000, "09.4"], [9_950_000, "10.0"], [10_000_000, "00:10"], [59_000_001, "01:00"], [92_500_000, "01:33"], [3_723_000_000, "1:02:03"]];
for (const [us, text] of LEFT) test(`${us} µs left are shown as ${text}`, () => assert.equal(leftText(us), text));

test("bidding is free, then limited, then over, and over is not ended", () => {
  const ending = { limited_from_us: 100, closes_at_us: 200 };
  assert.deepEqual([99, 100, 199, 200].map((now) => stageOf(ending, now)), ["free", "limited", "limited", "over"]);
  assert.equal(stageOf({ closes_at_us: 200, limited_from_us: null }, 0), "limited");
});

test("a picture is stale as soon as the connection is lost, or silent for too long", () => {
  assert.equal(staleSince({ state: "connecting", last_us: 0 }, 99), null);
  assert.equal(staleSince({ state: "live", last_us: 5 }, 5 + SILENT_US), null);
  assert.equal(staleSince({ state: "live", last_us: 5 }, 6 + SILENT_US), 5);
  for (const state of ["waiting", "connecting", "shut"]) assert.equal(staleSince({ state, last_us: 5 }, 6), 5);
});

// Cards

test("lots are cards only where the rule sheet opens all together, and only while they are open", () => {
  const lots = [{ phase: "open", open: block() }, { phase: "sold", open: null }, { phase: "open" }];
  assert.equal(allAtOnce({ rules: { timed: { advance: "together" } }, lots }).length, 1);
  assert.equal(allAtOnce({ rules: { timed: { advance: "by_hand" } }, lots }).length, 0);
  assert.equal(allAtOnce({ rules: { timed: null }, lots }).length, 0);
  assert.equal(allAtOnce({ rules: undefined, lots }).length, 0);
});

test("cards that do not fit take turns by the clock of the house", () => {
  const open = Array.from({ length: 2 * CARDS_MAX + 1 }, (_, i) => block({ lot: i + 1 }));
  const shown = [0, 1, 2, 3].map((turn) => turnOf(open, turn * TURN_US).shown.map(({ lot }) => lot));
  assert.deepEqual(shown[1], open.slice(CARDS_MAX, 2 * CARDS_MAX).map(({ lot }) => lot));
  assert.deepEqual([shown[2], shown[3]], [[2 * CARDS_MAX + 1], shown[0]]);
  assert.deepEqual(turnOf(open.slice(0, 3), 7 * TURN_US).shown, open.slice(0, 3));
});

// Sentences

const sale = { phase: "open" };
const SENTENCES = [
  ["拍卖会尚未开始。", { sale: { phase: "planned" }, block: null, parts: {} }],
  ["8 号（网络）应价 ¥520,000。", { sale, block: block(), parts: {} }],
  ["第 1 号标的开始竞价。", { sale, block: block({ price_fen: null, bids: [] }), parts: {} }],
  ["落槌！第 1 号标的以 ¥520,000 成交，买受人 8 号（网络）。", { sale, block: block({ phase: "sold" }), parts: {} }],
  ["第 1 号标的流拍。", { sale, block: block({ phase: "passed" }), parts: {} }],
  ["第 1 号标的撤拍。", { sale, block: block({ phase: "withdrawn" }), parts: {} }],
  ["08:00:00 恢复。", { sale, block: block(), parts: { announcement: { at_us: 60, zh: "恢复。", en: "Resumed." } } }],
  ["8 号（网络）应价 ¥520,000。", { sale, block: block(), parts: { announcement: { at_us: 40, zh: "恢复。", en: "Resumed." } } }],
  ["08:00:00 撤销。", { sale, block: block({ bids: [{ at_us: 70, voided: true }, { at_us: 50 }] }), parts: { announcement: { at_us: 60, zh: "撤销。", en: "Voided." } } }],
  ["拍卖会已结束。", { sale: { phase: "closed" }, block: block({ phase: "sold" }), parts: {} }],
  ["", { sale: undefined, block: null, parts: {} }],
];
for (const [says, store] of SENTENCES) test(`the picture alone says: ${says}`, () => assert.equal(sentence(store), says));

const HERALDED = [
  ["", null],
  ["", block()],
  ["第二次：¥520,000", block({ calls: 2 })],
  ["第 1 号标的落槌成交：¥520,000，8 号", block({ phase: "sold", calls: 3 })],
  ["第 1 号标的流拍。", block({ phase: "passed" })],
  ["延时，第 2 次", block({ extensions: 2 })],
];
for (const [says, one] of HERALDED) test(`a screen reader hears at once: ${says}`, () => assert.equal(heralded(one), says));

// The voice

const SAID = [[52_000_000, "五十二万元"], [1_000_000, "一万元"], [10_000_000, "十万元"], [105_000_000, "一百零五万元"], [123_456, "一千二百三十四元五角六分"], [123_456_700, "一百二十三万四千五百六十七元"]];
for (const [fen, said] of SAID) test(`${fen} fen are said ${said}`, () => assert.equal(amountSaid(fen), said));

test("the moments of a lot are said in both languages", () => {
  const told = [["opened"], ["bid"], ["bid", "extended"], ["called"], ["sold"], ["passed"], ["bid", "cancelled"]].map((moment) => {
    const phase = moment[0] === "sold" || moment[0] === "passed" ? moment[0] : "open";
    return line(moment, block({ calls: 3, phase, price_fen: moment[0] === "opened" ? null : 52_000_000 }));
  });
  assert.deepEqual(told.map(({ text }) => text), [
    "第 1 号标的，豫 H 8 H 8 8 8，起拍价五万元。",
    "8 号，五十二万元。",
    "8 号，五十二万元。延时。",
    "五十二万元，第三次。",
    "五十二万元，成交。8 号。",
    "第 1 号标的流拍。",
    "8 号，五十二万元。",
  ]);
  assert.deepEqual(told.map(({ urgent }) => urgent), [true, false, false, true, true, true, false]);
  useCatalogue("en", en);
  assert.equal(line(["called"], block({ calls: 1 })).text, "five hundred and twenty thousand yuan. Going once.");
});

test("an end that moved is told from two pictures", () => {
  assert.deepEqual(moments(block({ closes_at_us: 100 }), block({ closes_at_us: 200 })), ["extended"]);
  assert.deepEqual(moments(block({ closes_at_us: 100 }), block({ closes_at_us: 100 })), []);
  assert.deepEqual(moments(block({ closes_at_us: null }), block({ closes_at_us: 100 })), []);
  assert.deepEqual(moments(block({ lot: 2, closes_at_us: 50 }), block({ closes_at_us: 100, price_fen: null })), ["opened"]);
  assert.deepEqual(moments(block(), block({ phase: "withdrawn" })), ["withdrawn"]);
});

/** A machine with voices, whose present utterance is ended by hand. */
function machine(voices = [{ lang: "zh-CN" }]) {
  const timer = new FakeTimer();
  const said = [];
  const speech = {
    speaking: false,
    end: () => {},
    getVoices: () => voices,
    speak({ text, done }) {
      said.push(text);
      this.speaking = true;
      this.end = () => {
        this.speaking = false;
        done();
      };
    },
    cancel() {
      if (this.speaking) this.end();
    },
  };
  const voice = new Voice({ speech, make: (text, lang, done) => ({ text, lang, done }), timer });
  return { voice, speech, timer, said };
}

const price = (text) => ({ text, urgent: false });

test("the voice is silent until it is turned on", () => {
  const { voice, timer, said } = machine();
  voice.tell(price("一"), "zh-CN");
  timer.pass(10 * SETTLES_MS);
  assert.deepEqual(said, []);
});

test("prices that follow each other are said as one, the newest", () => {
  const { voice, timer, said, speech } = machine();
  voice.turn(true);
  for (const text of ["一", "二", "三"]) voice.tell(price(text), "zh-CN");
  timer.pass(SETTLES_MS);
  assert.deepEqual(said, ["三"]);
  voice.tell(price("四"), "zh-CN");
  timer.pass(SETTLES_MS);
  voice.tell(price("五"), "zh-CN");
  timer.pass(SETTLES_MS);
  assert.deepEqual(said, ["三"], "not while another is being said");
  speech.end();
  assert.deepEqual(said, ["三", "五"], "what was overtaken is never said");
  speech.end();
  timer.pass(10 * SETTLES_MS);
  assert.deepEqual(said, ["三", "五"]);
});

test("a call breaks in, and no older price follows it", () => {
  const { voice, timer, said, speech } = machine();
  voice.turn(true);
  voice.tell(price("一"), "zh-CN");
  timer.pass(SETTLES_MS);
  voice.tell(price("二"), "zh-CN");
  voice.tell({ text: "第一次", urgent: true }, "zh-CN");
  assert.deepEqual(said, ["一", "第一次"]);
  speech.end();
  timer.pass(10 * SETTLES_MS);
  assert.deepEqual(said, ["一", "第一次"]);
});

test("turned off, it stops in the middle and keeps nothing for later", () => {
  const { voice, timer, said, speech } = machine();
  voice.turn(true);
  voice.tell({ text: "第一次", urgent: true }, "zh-CN");
  voice.tell(price("二"), "zh-CN");
  voice.turn(false);
  assert.equal(speech.speaking, false);
  timer.pass(10 * SETTLES_MS);
  assert.deepEqual(said, ["第一次"]);
});

test("a machine without a voice for the language says so", () => {
  assert.equal(machine([{ lang: "en-US" }]).voice.has("zh-CN"), false);
  assert.equal(machine([{ lang: "en-US" }]).voice.has("en"), true);
  assert.equal(machine([]).voice.has("en"), false);
  assert.equal(new Voice({ speech: undefined, make: () => {}, timer: new FakeTimer() }).has("en"), false);
});

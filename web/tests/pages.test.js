// What pages decide before anything is drawn: how a bid stands, what a clerk typed, which control rests and why; and that both languages say it all.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { better, hasBid, standing } from "../bidder/standing.js";
import { CONTROLS } from "../rostrum/controls.js";
import { readEntry } from "../rostrum/entry.js";
import { Acts } from "../shared/acts.js";
import { readText } from "./sources.js";
import { FakeStorage } from "./fakes.js";
import { fromHouse } from "./golden.js";

const act = (more) => ({ id: "a", frame: { type: "bid", lot: 1, amount_fen: 100 }, asked_at_us: 0, state: "accepted", seq: 5, ...more });
const shown = (more) => ({ mine: { leads: [], won: [] }, block: { lot: 1, price_fen: 100, phase: "open" }, seq: 5, parts: {}, ...more });

const STANDINGS = [
  ["sent", act({ state: "sent" }), shown()],
  ["refused", act({ state: "refused" }), shown()],
  ["leading", act(), shown({ mine: { leads: [1], won: [] } })],
  ["outbid", act(), shown({ block: { lot: 1, price_fen: 150, phase: "open" } })],
  ["accepted", act({ seq: 9 }), shown({ block: { lot: 1, price_fen: 50, phase: "open" } })],
  ["accepted", act(), shown({ block: null })],
  ["won", act(), shown({ mine: { leads: [], won: [{ lot: 1, hammer_fen: 100 }] } })],
  ["outbid", act({ frame: { lot: 1, amount_fen: 50 } }), shown({ mine: { leads: [], won: [{ lot: 1, hammer_fen: 100 }] } })],
  ["outbid", act(), shown({ block: { lot: 2, price_fen: null }, parts: { "lot/1": { phase: "sold" } } })],
];

for (const [stands, one, store] of STANDINGS) test(`a bid stands ${stands}: ${JSON.stringify(store)}`, () => assert.equal(standing(one, store), stands));

const taking = (more) => ({ block: { lot: 1, bids: [] }, mine: { paddle: 8 }, acts: [], led: null, ...more });

const BIDDING = [
  [false, taking()],
  [true, taking({ acts: [act()] })],
  [false, taking({ acts: [act({ state: "refused" }), act({ frame: { type: "bid", lot: 2 } })] })],
  [true, taking({ led: 1 })],
  [false, taking({ led: 2 })],
  [true, taking({ block: { lot: 1, bids: [{ who: { paddle: 8 } }] } })],
  [false, taking({ block: { lot: 1, bids: [{ who: { paddle: 9 } }, { who: { alias: 8 } }] } })],
  [true, { block: { lot: 1, bids: [{ who: { alias: 1 } }] }, mine: { paddle: 8, last: [{ lot: 1, amount_fen: 100, rank: null }] }, acts: [], led: null }],
];

for (const [has, known] of BIDDING) test(`who bid elsewhere is known here: ${JSON.stringify(known)}`, () => assert.equal(hasBid(known), has));

test("a refusal says what to bid instead", () => {
  const { outcome } = fromHouse("answer: refused, too low");
  assert.equal(better(act({ state: "refused", refusal: outcome.refused })), 1_100_000);
  assert.equal(better(act({ state: "refused", refusal: { detail: {} } })), null);
});

test("acts survive a reload, and an answer is not overwritten by later doubts", () => {
  const storage = new FakeStorage();
  const acts = new Acts(storage, "golden", "bidder-8");
  acts.asked({ id: "a", frame: { type: "bid" }, asked_at_us: 1 });
  acts.news("a", { state: "accepted", seq: 5 });
  acts.news("a", { state: "unknown" });
  acts.asked({ id: "a", frame: { type: "bid" }, asked_at_us: 1 });
  assert.deepEqual(new Acts(storage, "golden", "bidder-8").list.map(({ id, state, seq }) => [id, state, seq]), [["a", "accepted", 5]]);
});

const TYPED = [
  ["12", { paddle: 12, amount_fen: null }],
  ["12 60000", { paddle: 12, amount_fen: 6_000_000 }],
  ["12+60,000", { paddle: 12, amount_fen: 6_000_000 }],
  ["１２ ６００００", { paddle: 12, amount_fen: 6_000_000 }],
  [" 12 ", { paddle: 12, amount_fen: null }],
  ["0", null],
  ["12 x", null],
  ["12 0", null],
  ["", null],
];

for (const [typed, read] of TYPED) test(`the clerk's "${typed}"`, () => assert.deepEqual(readEntry(typed), read));

const sale = (phase) => ({ phase });
const desk = (more) => ({ sale: sale("open"), rules: { calls: 3 }, block: { lot: 1, phase: "open", price_fen: 100, calls: 0 }, lots: [], ...more });

const REASONS = [
  ["call", desk(), null],
  ["call", desk({ block: { lot: 1, phase: "open", price_fen: null, calls: 0 } }), "cannot.no-bid"],
  ["call", desk({ block: { lot: 1, phase: "open", price_fen: 100, calls: 3 } }), "cannot.all-called"],
  ["hammer", desk(), "cannot.calls-first"],
  ["hammer", desk({ block: { lot: 1, phase: "open", price_fen: 100, calls: 3 } }), null],
  ["hammer", desk({ sale: sale("suspended") }), "cannot.suspended"],
  ["pass", desk(), "cannot.has-bid"],
  ["open_lot", desk(), "cannot.block-taken"],
  ["open_lot", desk({ block: null }), "cannot.no-next"],
  ["open_lot", desk({ block: null, lots: [{ lot: 2, phase: "waiting" }] }), null],
  ["close_sale", desk({ block: null }), null],
  ["open_sale", desk({ sale: sale("planned") }), null],
  ["resume", desk(), "cannot.not-suspended"],
];

for (const [name, store, why] of REASONS) {
  test(`${name} ${why ?? "may be asked"}`, () => assert.equal(CONTROLS.find((control) => control.name === name).why(store), why));
}

test("call and hammer send the price that was seen", () => {
  const call = CONTROLS.find(({ name }) => name === "call");
  assert.deepEqual(call.frame(desk()), { type: "call", lot: 1, price_fen: 100, call: 1 });
});

test("no two controls share a key", () => assert.equal(new Set(CONTROLS.map(({ key }) => key)).size, CONTROLS.length));

const zh = JSON.parse(readText("shared/locales/zh-CN.json"));
const en = JSON.parse(readText("shared/locales/en.json"));

test("both languages say everything", () => {
  const bare = (/** @type {object} */ catalogue) => Object.keys(catalogue).filter((key) => !key.endsWith(".one")).sort();
  assert.deepEqual(bare(en), bare(zh));
});

test("both languages fill in the same values", () => {
  const values = (/** @type {string} */ sentence) => [...new Set(sentence.match(/\{\w+\}/g))].sort();
  for (const key of Object.keys(zh)) assert.deepEqual(values(en[key]), values(zh[key]), key);
});

test("every sentence a page asks for by name is there", () => {
  for (const folder of ["shared", "hall", "bidder", "rostrum", "record", "figures", "series", "shanghai", "quota-months", "index", "api", "builder", "supervisor", "admission", "quota", "quota-hall", "quota-bidder", "quota-desk", "quota-result", "opening", "opening-hall", "opening-desk", "opening-trustee", "opening-result", "seal"]) {
    for (const file of readdirSync(new URL(`../${folder}`, import.meta.url)).filter((name) => name.endsWith(".js"))) {
      const text = readFileSync(new URL(`../${folder}/${file}`, import.meta.url), "utf8");
      for (const [, key] of text.matchAll(/\bt\("([^"]+)"/g)) assert.ok(key in zh, `${folder}/${file}: ${key}`);
    }
  }
});

test("no page reaches for another host, writes HTML by hand or styles inline", () => {
  for (const folder of ["shared", "hall", "bidder", "rostrum", "record", "figures", "series", "shanghai", "quota-months", "index", "api", "builder", "supervisor", "admission", "quota", "quota-hall", "quota-bidder", "quota-desk", "quota-result", "opening", "opening-hall", "opening-desk", "opening-trustee", "opening-result", "seal"]) {
    for (const file of readdirSync(new URL(`../${folder}`, import.meta.url)).filter((name) => /\.(js|html|css)$/.test(name))) {
      const text = readFileSync(new URL(`../${folder}/${file}`, import.meta.url), "utf8");
      assert.doesNotMatch(text, /https?:\/\/(?!www\.w3\.org)|innerHTML|\sstyle="|unsafeHTML|eval\(/, `${folder}/${file}`);
    }
  }
});

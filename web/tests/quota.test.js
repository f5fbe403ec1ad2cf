// What the pages of a quota sale decide before anything is drawn, with the frames as the house sends them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { controlsFor, runsOf } from "../quota-desk/controls.js";
import { drawn, traced } from "../quota/curve.js";
import { Rate } from "../quota/rate.js";
import { faultOf, insideOf, onlyOne, placed, reachOf, stepped } from "../quota/reach.js";
import { clockOf, endOf, nextAverage_us, stepsOf } from "../quota/sale.js";
import { quotaSentences } from "../quota/sheet.js";
import { nextStep, standing, whereOf } from "../quota/standing.js";
import { Store } from "../shared/store.js";
import { useCatalogue } from "../shared/i18n.js";
import { readText } from "./sources.js";

useCatalogue("en", JSON.parse(readText("shared/locales/en.json")));

const S = 1_000_000;
const OPENED = 1_795_764_600 * S;

/** Shanghai, as the house says it. */
const CONDITIONS = {
  classes: [{ class: "personal", quota: 3, reserve: "none" }],
  rounds: [
    { name: "first", span_s: 1800, first_offers: true, revisions: 0, reach_fen: null },
    { name: "revision", span_s: 1800, first_offers: false, revisions: 2, reach_fen: 30_000 },
  ],
  floor_fen: 10_000,
  step_fen: 10_000,
  first_max_fen: 9_000_000,
  price_max_fen: null,
  upward_only: false,
  refused_counts: false,
  award: "as_offered",
  uniform_step_fen: null,
  ties: "record",
  running: "cutoff",
  average_at_s: [],
  trim_percent: 0,
  opens_at_us: null,
  grace_ms: 300,
  resume_least_s: 60,
  mass_loss_percent: 0,
  offers_published: true,
  sign_off: false,
  articles: "luochui-quota-1",
};
const SALE = { id: "q", title: { zh: "额度", en: "Quota" }, phase: "open", suspended: null, rules: "ab", lots: 3, sold: 0, passed: 0, opens_at_us: null, result: null, signed: [] };
const round = (number, more) => {
  const began_at_us = OPENED + (number - 1) * 1800 * S;
  return { number, of: 2, began_at_us, ends_at_us: began_at_us + 1800 * S, taking: true, ...CONDITIONS.rounds[number - 1], ...more };
};
const RUNNING = { class: "personal", quota: 3, offers: 4, cutoff_fen: 8_800_000, cutoff_at_us: OPENED + 60 * S, least_fen: 8_770_000, most_fen: 8_830_000, average: null };
const MINE = {
  paddle: 8, class: "personal", accepted: true, offer: { amount_fen: 8_800_000, at_us: OPENED + 50 * S, no: 2 }, may_offer: true,
  revisions_used: 0, revisions_left: 2, least_fen: 8_700_000, most_fen: 8_760_000, inside: true, result: null,
};

/** A page that was given this picture. */
function shown(parts) {
  const store = new Store();
  store.fold({ type: "picture", epoch: 1, seq: 7, head: "ab", parts: { sale: SALE, conditions: CONDITIONS, round: round(2), "running/personal": RUNNING, "result/personal": null, ...parts } });
  return store;
}

test("rounds follow each other, the next ones at the times they will have", () => {
  const states = (store) => stepsOf(store).map(({ name, state }) => `${name} ${state}`);
  assert.deepEqual(states(shown({ round: null, sale: { ...SALE, phase: "planned" } })), ["first next", "revision next", "result next"]);
  assert.deepEqual(states(shown({ round: round(1) })), ["first now", "revision next", "result next"]);
  assert.equal(stepsOf(shown({ round: round(1) }))[1].from_us, OPENED + 1800 * S);
  assert.equal(stepsOf(shown({ round: round(1) }))[1].until_us, OPENED + 3600 * S);
  assert.deepEqual(states(shown({})), ["first done", "revision now", "result next"]);
  assert.deepEqual(states(shown({ sale: { ...SALE, phase: "closed" } })), ["first done", "revision done", "result now"]);
});

const END = OPENED + 3600 * S;
const CLOCKS = [
  ["waiting", { sale: { ...SALE, phase: "planned" }, round: null }, OPENED],
  ["opens", { sale: { ...SALE, phase: "planned", opens_at_us: OPENED }, round: null }, OPENED - S],
  ["taking", {}, END - 60 * S - 1],
  ["deciding", {}, END - 60 * S],
  ["taking", { round: round(1) }, OPENED + 1799 * S],
  ["over", {}, END],
  ["paused", { sale: { ...SALE, phase: "suspended" } }, END - S],
  ["closed", { sale: { ...SALE, phase: "closed" } }, END + S],
];
for (const [stage, parts, now_us] of CLOCKS) test(`the clock: ${stage} at ${now_us - OPENED}`, () => assert.equal(clockOf(shown(parts), now_us).stage, stage));

test("there is an end to be in time for only while offers are taken", () => {
  assert.equal(endOf(shown({})).closes_at_us, END);
  assert.equal(endOf(shown({ sale: { ...SALE, phase: "suspended" } })), null);
});

const known = (more) => ({ conditions: CONDITIONS, round: round(2), running: RUNNING, mine: MINE, ...more });

test("the window of a change is where the cut-off is now, not where the house last told this bidder", () => {
  const reach = reachOf(known());
  assert.deepEqual([reach.first, reach.moves, reach.least_fen, reach.most_fen], [false, true, 8_770_000, 8_830_000]);
  assert.equal(faultOf(8_830_000, reach), null);
  assert.deepEqual(faultOf(8_840_000, reach), { key: "offer.out-of-reach", values: { least_fen: 8_770_000, most_fen: 8_830_000 } });
});

test("a first offer is bounded by the floor and the warning price", () => {
  const mine = { ...MINE, offer: null, least_fen: 10_000, most_fen: 9_000_000 };
  const reach = reachOf(known({ round: round(1), running: { ...RUNNING, least_fen: null, most_fen: null }, mine }));
  assert.equal(faultOf(9_000_000, reach), null);
  assert.equal(faultOf(9_010_000, reach).key, "offer.too-high");
  assert.equal(faultOf(5_000, reach).key, "offer.too-low");
  assert.deepEqual(faultOf(8_805_000, reach), { key: "offer.between", values: { below_fen: 8_800_000, above_fen: 8_810_000 } });
});

test("where offers only rise, the least is a step above one's own, and there is no most", () => {
  const conditions = { ...CONDITIONS, upward_only: true, step_fen: 100, floor_fen: 100, rounds: [{ name: "offers", span_s: 600, first_offers: true, revisions: 50, reach_fen: null }] };
  const reach = reachOf(known({ conditions, round: { ...round(1), ...conditions.rounds[0] }, mine: { ...MINE, least_fen: 8_800_100, most_fen: null } }));
  assert.deepEqual([reach.least_fen, reach.most_fen], [8_800_100, null]);
  assert.equal(faultOf(8_800_000, reach).key, "offer.too-low");
});

test("nothing may be offered while the sale rests, or when no change is left", () => {
  assert.equal(reachOf(known({ round: round(2, { taking: false }) })), null);
  assert.equal(reachOf(known({ mine: { ...MINE, may_offer: false } })), null);
});

test("steps stay on the grid and within reach", () => {
  const reach = reachOf(known());
  assert.equal(stepped(null, 1, reach, 8_800_000), 8_800_000 + 0);
  assert.equal(stepped(8_800_000, 1, reach, null), 8_810_000);
  assert.equal(stepped(8_805_000, 1, reach, null), 8_810_000);
  assert.equal(stepped(8_805_000, -1, reach, null), 8_800_000);
  assert.equal(stepped(8_830_000, 10, reach, null), 8_830_000);
  assert.equal(stepped(100, -1, reach, null), 8_770_000);
});

test("only an offer that the rules leave once is asked back", () => {
  assert.equal(onlyOne({ round: round(1), mine: { ...MINE, offer: null } }), true);
  assert.equal(onlyOne({ round: round(2), mine: MINE }), false);
  assert.equal(onlyOne({ round: round(2, { revisions: 1 }), mine: MINE }), true);
});

const INSIDE = [
  [true, MINE, { ...RUNNING, cutoff_fen: 8_790_000 }],
  [false, MINE, { ...RUNNING, cutoff_fen: 8_810_000 }],
  [true, MINE, RUNNING],
  [false, { ...MINE, offer: { ...MINE.offer, at_us: OPENED + 70 * S } }, RUNNING],
  [true, { ...MINE, offer: { ...MINE.offer, at_us: RUNNING.cutoff_at_us } }, RUNNING],
  [true, MINE, { ...RUNNING, cutoff_fen: 10_000, cutoff_at_us: null }],
  [null, { ...MINE, inside: null }, { ...RUNNING, cutoff_fen: null }],
  [null, { ...MINE, offer: null, inside: null }, RUNNING],
];
for (const [inside, mine, running] of INSIDE)
  test(`inside ${inside}: ${mine.offer?.amount_fen} against ${running.cutoff_fen}`, () => assert.equal(insideOf(mine, running), inside));

const WHERE = [
  ["where.quota.in", {}],
  ["where.quota.out", { running: { ...RUNNING, cutoff_fen: 8_900_000 } }],
  ["where.quota.out-for-good", { running: { ...RUNNING, cutoff_fen: 8_900_000 }, mine: { ...MINE, may_offer: false } }],
  ["where.quota.hidden", { mine: { ...MINE, inside: null }, running: { ...RUNNING, cutoff_fen: null } }],
  ["where.quota.offer-now", { mine: { ...MINE, offer: null } }],
  ["where.quota.no-offer", { mine: { ...MINE, offer: null, may_offer: false } }],
  ["where.quota.planned", { sale: { ...SALE, phase: "planned" }, mine: { ...MINE, offer: null } }],
  ["where.quota.won", { sale: { ...SALE, phase: "closed" }, mine: { ...MINE, result: { won: true, pays_fen: 8_800_000 } } }],
  ["where.quota.missed", { sale: { ...SALE, phase: "closed" }, mine: { ...MINE, result: { won: false, pays_fen: null } } }],
  ["why.not-admitted", { mine: null }],
];
for (const [key, more] of WHERE) test(`a bidder is told ${key}`, () => assert.equal(whereOf({ sale: SALE, running: RUNNING, mine: MINE, ...more }).key, key));

const act = (more) => ({ id: "a", frame: { type: "offer", amount_fen: 8_800_000 }, asked_at_us: 0, state: "accepted", seq: 5, events: [{ type: "OfferMade", amount_fen: 8_800_000, at_us: OPENED + 50 * S, revision: 0 }], ...more });
const STANDINGS = [
  ["sent", act({ state: "sent" }), MINE],
  ["unknown", act({ state: "unknown" }), MINE],
  ["refused", act({ state: "refused" }), MINE],
  ["stands", act(), MINE],
  ["replaced", act({ events: [{ type: "OfferMade", at_us: OPENED + 40 * S }] }), MINE],
  ["stands", act({ events: [{ type: "OfferMade", at_us: OPENED + 90 * S }] }), MINE],
  ["wasted", act({ events: [{ type: "RevisionLost", least_fen: 1, most_fen: 2 }] }), MINE],
  ["won", act(), { ...MINE, result: { won: true, pays_fen: 8_800_000 } }],
  ["missed", act(), { ...MINE, result: { won: false, pays_fen: null } }],
];
for (const [stands, one, mine] of STANDINGS) test(`an offer ${stands}`, () => assert.equal(standing(one, mine), stands));

test("a refusal out of reach says the window it was measured by", () => {
  const next = nextStep({ code: "E_OUT_OF_REACH", retry: "new_id", zh: "", en: "", detail: { least_fen: 8_790_000, most_fen: 8_850_000 } });
  assert.deepEqual(next, { key: "next.out-of-reach", amounts: { least: 8_790_000, most: 8_850_000 } });
  assert.equal(nextStep({ code: "E_REVISIONS_USED", retry: "never", zh: "", en: "", detail: { most: 2 } }), null);
});

test("a price beyond the drawing is pressed to its edge, and said to be", () => {
  const window = { least_fen: 8_770_000, most_fen: 8_830_000 };
  assert.deepEqual(placed(window, 8_800_000), { at: 0.5, beyond: 0 });
  assert.deepEqual(placed(window, 8_000_000), { at: 0, beyond: -1 });
  assert.deepEqual(placed(window, 9_000_000), { at: 1, beyond: 1 });
});

const curve = (points) => ({ "curve/personal": { class: "personal", every_s: 6, points: points.map(([s, yuan]) => [OPENED + s * S, yuan * 100]) } });

test("a curve begins with the price that held when its round began, and ends now", () => {
  const drawing = drawn(shown(curve([[0, 100], [60, 87_000], [1790, 87_600], [1850, 87_900]])), "personal", OPENED + 1900 * S);
  assert.equal(drawing.from_us, OPENED + 1800 * S);
  assert.deepEqual(drawing.points.map(([at_us, fen]) => [(at_us - OPENED) / S, fen / 100]), [[1800, 87_600], [1850, 87_900], [1850, 88_000], [1900, 88_000]]);
  assert.ok(drawing.least_fen <= 8_760_000 && drawing.most_fen >= 8_800_000 && drawing.least_fen > 8_000_000);
});

test("in the last minute the last two are drawn", () => {
  const drawing = drawn(shown(curve([[0, 100], [1850, 87_900], [3500, 88_000]])), "personal", END - 30 * S);
  assert.deepEqual([drawing.near, drawing.from_us], [true, END - 120 * S]);
});

test("a first jump from nothing does not flatten the rest, and its line stays in the box", () => {
  const drawing = drawn(shown({ round: round(1), ...curve([[0, 100], [30, 86_000], [600, 87_000]]) }), "personal", OPENED + 900 * S);
  assert.ok(drawing.least_fen > 8_000_000);
  const { path } = traced(drawing, { left: 0, right: 100, top: 0, bottom: 50 });
  assert.match(path, /^M0 50H/);
  assert.doesNotMatch(path, /NaN|Infinity/);
});

test("before the first point is kept, the price that holds is drawn; before there is a price, nothing", () => {
  const drawing = drawn(shown({ round: round(1), ...curve([]) }), "personal", OPENED + 90 * S);
  assert.deepEqual(drawing.points.map(([at_us, fen]) => [(at_us - OPENED) / S, fen / 100]), [[60, 88_000], [90, 88_000]]);
  const few = { ...RUNNING, cutoff_fen: 10_000, cutoff_at_us: null };
  assert.equal(drawn(shown({ round: round(1), "running/personal": few, ...curve([]) }), "personal", OPENED + 90 * S), null);
});

test("where no curve is told, none is drawn", () => assert.equal(drawn(shown({}), "personal", END), null));

test("offers a second are those of the last ten seconds, and die away", () => {
  const rate = new Rate();
  assert.equal(rate.per_s(0), null);
  for (const [s, offers] of [[0, 0], [1, 40], [5, 100]]) rate.count(s * S, offers);
  assert.equal(rate.per_s(6 * S), 10);
  assert.equal(rate.per_s(14 * S), 6);
  assert.equal(rate.per_s(30 * S), 0);
});

test("every office has its own acts, and none closes the sale by hand", () => {
  const names = (phase, office) => controlsFor(shown({ sale: { ...SALE, phase } }), office).map(({ name }) => name);
  assert.deepEqual(names("planned", "auctioneer"), ["open_sale", "suspend"]);
  assert.deepEqual(names("open", "auctioneer"), ["suspend"]);
  assert.deepEqual(names("suspended", "auctioneer"), ["resume"]);
  assert.deepEqual(names("closed", "auctioneer"), ["sign_result"]);
  assert.deepEqual(names("open", "supervisor"), ["stop"]);
  assert.deepEqual(names("closed", "supervisor"), ["stop", "sign_result"]);
  assert.deepEqual(names("open", "registrar"), ["admit_bidders", "attest_rules"]);
  assert.deepEqual(names("open", "bidder"), []);
});

test("bidders are admitted by runs as a registrar types them", () => {
  assert.deepEqual(runsOf("201-300， 305"), [{ first: 201, last: 300 }, { first: 305, last: 305 }]);
  assert.deepEqual(runsOf("２０１至３００"), [{ first: 201, last: 300 }]);
  for (const typed of ["", "300-201", "0", "a-b", "1-"]) assert.equal(runsOf(typed), null);
});

const said = (more) => quotaSentences({ ...CONDITIONS, ...more }).join(" ");

test("the sheet is told in words, and only what it says", () => {
  const shanghai = said({});
  assert.match(shanghai, /within ¥300 of the cut-off price/);
  assert.match(shanghai, /warning price of ¥90,000/);
  assert.doesNotMatch(shanghai, /raised|average|lots are drawn|\{/);
  const hidden = said({ running: "nothing", ties: "draw", first_max_fen: null, rounds: [{ name: "offers", span_s: 21_600, first_offers: true, revisions: 2, reach_fen: null }] });
  assert.match(hidden, /Neither prices nor numbers are told/);
  assert.match(hidden, /lots are drawn/);
  assert.match(said({ running: "average", average_at_s: [3600, 10_800], trim_percent: 5 }), /1 hour, 3 hours after the opening, leaving out the highest and the lowest 5%/);
  assert.match(said({ upward_only: true, award: "uniform", uniform_step_fen: 100 }), /only be raised.*highest losing offer and ¥1\./);
});

test("the next average is told of, until there is none", () => {
  const conditions = { ...CONDITIONS, running: "average", average_at_s: [60, 120] };
  const store = shown({ conditions, round: round(1) });
  assert.equal(nextAverage_us(store, OPENED + 60 * S), OPENED + 120 * S);
  assert.equal(nextAverage_us(store, OPENED + 120 * S), null);
});

// What the officers' desks decide before anything is drawn: what the hammer waits for, who may void, what is asked back, what the record told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { found } from "../admission/search.js";
import { CONTROLS, cannotOpen, controlsFor, openingBounds, reofferable } from "../rostrum/controls.js";
import { gates } from "../rostrum/gates.js";
import { Acts } from "../shared/acts.js";
import { mayAgree, pendingVoid, voidable } from "../shared/voiding.js";
import { Watch } from "../supervisor/watch.js";
import { FakeStorage } from "./fakes.js";

const block = (more) => ({ lot: 1, phase: "open", price_fen: 100, calls: 3, bids: [], void: null, hammer_from_us: null, delivered: null, reserve: "none", ...more });
const desk = (more) => ({ sale: { phase: "open" }, rules: { mode: "rostrum", calls: 3 }, block: block(), lots: [], ...more });
const together = { mode: "timed", timed: { advance: "together" } };
const strict = { mode: "rostrum", calls: 3, dwell_s: 3, delivery_percent: 50 };
const control = (/** @type {string} */ name) => CONTROLS.find((one) => one.name === name);

// What the hammer waits for

const WAITS = [
  [desk(), null],
  [desk({ block: block({ calls: 2 }) }), "cannot.calls-first"],
  [desk({ block: block({ calls: 2, void: { no: 1 } }) }), "cannot.calls-first"],
  [desk({ block: block({ void: { no: 1 } }) }), "cannot.void"],
  [desk({ rules: strict, block: block({ hammer_from_us: 5_000, delivered: true }) }), "cannot.dwell"],
  [desk({ rules: strict, block: block({ hammer_from_us: 1_000, delivered: true }) }), null],
  [desk({ rules: strict, block: block({ delivered: false }) }), "cannot.delivery"],
  [desk({ block: block({ reserve: "unmet" }) }), "cannot.reserve"],
  [desk({ block: block({ reserve: "met" }) }), null],
];

for (const [shown, why] of WAITS) test(`the hammer ${why ?? "may fall"}: ${JSON.stringify(shown.block)}`, () => assert.equal(control("hammer").why(shown, 1_000), why));

test("all the hammer waits for is always named, as far as the sheet asks for it", () => {
  assert.deepEqual(gates(desk(), 0).map(({ name }) => name), ["calls", "void", "reserve"]);
  assert.deepEqual(gates(desk({ rules: strict, block: null }), 0).map(({ name }) => name), ["calls", "void", "dwell", "delivery", "reserve"]);
});

test("the dwell is counted down to the tenth of a second, and never to nought while some is left", () => {
  const left = (/** @type {number} */ now_us) => gates(desk({ rules: strict, block: block({ hammer_from_us: 3_000_000 }) }), now_us).find(({ name }) => name === "dwell");
  assert.deepEqual([left(0).values.s, left(1_550_000).values.s, left(3_000_000).open], ["3.0", "1.5", true]);
  assert.deepEqual([left(2_999_999).open, left(2_999_999).values.s], [false, "0.1"]);
});

test("below the reserve a lot may be passed though somebody bid", () => {
  assert.equal(control("pass").why(desk({ block: block({ reserve: "unmet" }) })), null);
  assert.equal(control("pass").why(desk({ block: block({ reserve: "met" }) })), "cannot.has-bid");
});

// Voids

test("two offices void a bid, and one of them is the auctioneer or the supervisor", () => {
  const offices = ["auctioneer", "clerk", "supervisor"];
  const agree = offices.flatMap((by) => offices.filter((role) => mayAgree(role, by)).map((role) => `${by}+${role}`));
  assert.deepEqual(agree, ["auctioneer+clerk", "auctioneer+supervisor", "clerk+auctioneer", "clerk+supervisor", "supervisor+auctioneer", "supervisor+clerk"]);
  assert.equal(mayAgree("clerk", "clerk"), false);
});

test("the last five bids that stand may be voided, the leading one first", () => {
  const bids = [7, 6, 5, 4, 3, 2, 1].map((no) => ({ no, voided: no === 6 }));
  assert.deepEqual(voidable(desk({ block: block({ bids }) })).map(({ bid }) => bid.no), [7, 5, 4, 3, 2]);
  assert.deepEqual(voidable(desk({ block: block({ bids, phase: "sold" }) })), []);
});

test("a void that waits is found on whichever lot it is", () => {
  const open = block({ lot: 2, void: { no: 3 } });
  assert.equal(pendingVoid(desk({ block: null, rules: together, lots: [{ lot: 1, open: block() }, { lot: 2, open }] })).lot, 2);
  assert.equal(pendingVoid(desk()), null);
});

// Which acts there are

test("a sale the clock ends has neither calls nor hammer nor passing", () => {
  const names = controlsFor(desk({ rules: { mode: "timed" } })).map(({ name }) => name);
  for (const name of ["call", "hammer", "pass"]) assert.ok(!names.includes(name));
  assert.ok(names.includes("open_lot"));
});

const PHASES = [["planned", "open_sale"], ["open", "suspend"], ["suspended", "resume"], ["closed", "sign_result"]];
for (const [phase, name] of PHASES) {
  test(`while the sale is ${phase}, its place has ${name}`, () => {
    const shown = controlsFor(desk({ sale: { phase } })).filter((one) => one.while?.length === 1 && one.name !== "reserve");
    assert.deepEqual(shown.map((one) => one.name), [name]);
  });
}

const OPENS = [
  [null, desk({ block: null })],
  ["cannot.block-taken", desk()],
  ["cannot.by-clock", desk({ block: null, rules: { mode: "timed", timed: { advance: "one_after_another" } } })],
  [null, desk({ block: null, rules: together, lots: [{ lot: 1, phase: "open", open: block() }] })],
  ["cannot.suspended", desk({ sale: { phase: "suspended" } })],
];
for (const [why, shown] of OPENS) test(`a lot ${why ?? "may be put up by hand"}: ${JSON.stringify(shown.rules)}`, () => assert.equal(cannotOpen(shown), why));

test("a sale is not closed while lots that are open together are open", () => {
  assert.equal(control("close_sale").why(desk({ block: null, rules: together, lots: [{ lot: 1, phase: "open", open: block() }] })), "cannot.block-taken");
});

test("an officer who has signed does not sign again", () => {
  assert.equal(control("sign_result").why(desk({ sale: { phase: "closed", signed: ["supervisor"] } })), null);
  assert.equal(control("sign_result").why(desk({ sale: { phase: "closed", signed: ["auctioneer"] } })), "cannot.signed");
});

test("a passed lot is put up again as often as the sheet allows, and not dearer", () => {
  const lots = [{ lot: 1, phase: "passed", round: 1 }, { lot: 2, phase: "passed", round: 2 }, { lot: 3, phase: "sold", round: 1 }];
  assert.deepEqual(reofferable(desk({ lots, rules: { reoffers_max: 1 } })).map(({ lot }) => lot), [1]);
  assert.deepEqual(reofferable(desk({ lots, rules: { reoffers_max: 0 } })), []);
  assert.deepEqual(openingBounds({ opening_fen: 1_001 }, { reoffer_lower_percent: 20 }), { least_fen: 801, most_fen: 1_001 });
});

// The record

const header = (/** @type {number} */ seq) =>
  `{"arrived_at":1,"command":"${"0".repeat(64)}","epoch":1,"outcome":"${"0".repeat(64)}","prev":"${"0".repeat(64)}","recorded_at":${seq}000,"sale":"s","seq":${seq}}`;

test("the supervisor is told every refusal once, and every record once", () => {
  const watch = new Watch();
  const records = [
    { header: header(1), events: [{ type: "SaleOpened" }] },
    { header: header(2), refused: { code: "E_BID_TOO_LOW" } },
    { header: header(3), refused: { code: "E_BID_TOO_LOW" } },
    { header: header(4), refused: { code: "E_NO_BID" } },
  ];
  watch.hear({ seq: 5, at_us: 5, events: [{ type: "VoidProposed" }] });
  watch.fold({ records });
  watch.fold({ records: [...records, { header: header(5), events: [] }] });
  assert.deepEqual([watch.refusals, watch.commonest], [3, [["E_BID_TOO_LOW", 2], ["E_NO_BID", 1]]]);
  assert.deepEqual(watch.told.map(({ seq, at_us }) => [seq, at_us]), [[5, 5], [1, 1]]);
  assert.equal(watch.told[0].events[0].type, "VoidProposed", "what a frame told officers is not replaced by what the public is told");
});

// The admission desk

test("a paddle is found by the beginning of its number, the very one first", () => {
  const paddles = [{ paddle: 8 }, { paddle: 18 }, { paddle: 81 }, { paddle: 800 }];
  const numbers = (/** @type {string} */ typed) => found(paddles, typed).map(({ paddle }) => paddle);
  assert.deepEqual([numbers("8"), numbers("81"), numbers("０8"), numbers(""), numbers("9")], [[8, 81, 800], [81], [8, 81, 800], [8, 18, 81, 800], []]);
});

test("a maximum left at the desk is not kept to be read again", () => {
  const storage = new FakeStorage();
  const acts = new Acts(storage, "golden", "clerk");
  acts.asked({ id: "a", frame: { type: "hall_proxy", lot: 1, paddle: 51, maximum_fen: 7_654_321 }, asked_at_us: 1 });
  assert.deepEqual(acts.list[0].frame, { type: "hall_proxy", lot: 1, paddle: 51 });
  acts.news("a", { state: "accepted", seq: 5, events: [], receipt: { command: '{"maximum":7654321}' } });
  assert.equal(acts.list[0].state, "accepted");
  assert.ok(![...storage.kept.values()].some((text) => text.includes("7654321")));
});

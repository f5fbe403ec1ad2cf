// How the replay finds its way through the record, plays it, and asks the house for pictures.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BEFORE_US, Course, OF_AN_OPENING, SILENCE_US } from "../record/course.js";
import { disclosedEvents } from "../record/disclosed.js";
import { Pictures, REST_MS } from "../record/pictures.js";

const AT_US = Date.parse("2026-11-27T10:00:00+08:00") * 1000;
const S_US = 1_000_000;

/** @param {number} seq @param {number} s @param {string} [type] */
const entry = (seq, s, type) => ({ seq, arrived_at: BigInt(AT_US + s * S_US) * 1000n, events: type ? [{ type }] : [], refused: null });

const course = new Course([
  entry(5, 12, "BidPlaced"), entry(1, 0, "SaleAnnounced"), entry(2, 1, "SaleOpened"), entry(3, 2, "LotOpened"), entry(4, 10, "BidPlaced"),
  entry(6, 11), entry(7, 15, "HammerFell"), entry(8, 90, "SaleSuspended"), entry(9, 95, "SaleResumed"), entry(10, 96, "BidPlaced"),
]);

test("a step leads to the next or the previous one of its kind, or nowhere", () => {
  assert.deepEqual([course.step("bid", 4, 1), course.step("bid", 5, -1), course.step("bid", 5, 1), course.step("bid", 4, -1)], [5, 4, 10, null]);
  assert.deepEqual([course.step("hammer", 1, 1), course.step("hammer", 7, 1), course.step("hammer", 10, -1)], [7, null, 7]);
  assert.deepEqual([course.step("suspension", 1, 1), course.step("suspension", 8, 1), course.step("suspension", 9, 1)], [8, 9, null]);
});

test("an opening goes from stage to stage, and from envelope to envelope", () => {
  const opening = new Course([entry(1, 0, "OpeningAnnounced"), entry(2, 1, "EnvelopeReceived"), entry(3, 5, "SubmissionClosed"), entry(4, 9, "ListPublished"), entry(5, 10, "EnvelopeUnsealed")], OF_AN_OPENING);
  assert.deepEqual([opening.step("stage", 0, 1), opening.step("stage", 3, 1), opening.step("envelope", 2, 1), opening.step("bid", 0, 1)], [3, 4, 5, null]);
});

test("what was told to nobody is read from the outcome once that is disclosed, without what was sealed; anything else is nothing", () => {
  const outcome = JSON.stringify({ events: [{ type: "SheetOpened", bidder: 7, section: "1", content: "{}" }, { type: "HalfJoined", half: "x" }] });
  assert.deepEqual(disclosedEvents(outcome), [{ type: "SheetOpened", bidder: 7, section: "1", version: undefined, name: undefined }]);
  for (const odd of [undefined, "", "{", "null", "[]", '{"events":7}', '{"events":[null]}']) assert.deepEqual(disclosedEvents(odd), [], odd);
});

test("an instant leads to the last record that had arrived, and what was taken up later never stands earlier", () => {
  assert.deepEqual([-1, 0, 9, 10, 11, 12, 1000].map((s) => course.seqAt(AT_US + s * S_US)), [0, 1, 3, 4, 4, 6, 10]);
  assert.equal(course.at_us(6), AT_US + 12 * S_US);
  assert.equal(course.at_us(11), null);
  assert.equal(course.last, 10);
});

test("playing goes on with the clock, and a long silence is cut short", () => {
  assert.equal(course.onward(AT_US, 5 * S_US), AT_US + 5 * S_US);
  assert.equal(course.onward(AT_US + 15 * S_US, S_US), AT_US + 90 * S_US - BEFORE_US);
  assert.equal(course.onward(AT_US + 96 * S_US, S_US), AT_US + 97 * S_US);
  assert.ok(SILENCE_US > BEFORE_US);
});

const TYPED = [
  ["7", { seq: 7 }],
  [" １２ ", { seq: 12 }],
  ["10:00:05.25", { at_us: AT_US + 5_250_000 }],
  ["9:30", { at_us: AT_US - 1800 * S_US }],
  ["2026-11-28 10:00", { at_us: AT_US + 86_400 * S_US }],
  ["24:00", null], ["10:60", null], ["0", null], ["", null], ["yesterday", null], ["2026-99-99 10:00", null],
];
for (const [typed, wanted] of TYPED) test(`"${typed}" is ${JSON.stringify(wanted)}`, () => assert.deepEqual(course.read(typed), wanted));

/** A house that answers when it is told to. */
function house() {
  const asked = /** @type {{query: string, answer: (status: number, body?: any) => void}[]} */ ([]);
  const told = /** @type {(number | null)[]} */ ([]);
  const rests = /** @type {number[]} */ ([]);
  const pictures = new Pictures({
    get: (query) => new Promise((done) => asked.push({ query, answer: (status, body = { seq: Number(query.slice(3)) }) => done({ status, json: async () => body }) })),
    rest: async (ms) => void rests.push(ms),
    told: (past) => told.push(past?.seq ?? null),
  });
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return { asked, told, rests, pictures, settle };
}

test("of many pictures wanted while one is asked for, only the newest is asked for next", async () => {
  const { asked, told, pictures, settle, rests } = house();
  for (const seq of [3, 4, 5, 6]) void pictures.want({ seq });
  await settle();
  assert.deepEqual(asked.map(({ query }) => query), ["at=3"]);
  asked[0].answer(200);
  await settle();
  assert.deepEqual(asked.map(({ query }) => query), ["at=3", "at=6"]);
  asked[1].answer(200);
  await settle();
  assert.deepEqual(told, [3, 6]);
  assert.deepEqual(rests, [REST_MS, REST_MS]);
  void pictures.want({ seq: 3 });
  await settle();
  assert.equal(asked.length, 2, "a picture of the past never changes");
  assert.deepEqual(told, [3, 6, 3]);
});

test("a house that is still reading is asked again when it says, and one that cannot be reached later", async () => {
  const { asked, told, rests, pictures, settle } = house();
  void pictures.want({ at_us: 7 });
  await settle();
  asked[0].answer(503, { detail: { after_ms: 500 } });
  await settle();
  asked[1].answer(502, {});
  await settle();
  asked[2].answer(200, { seq: 9 });
  await settle();
  assert.deepEqual([rests, told], [[500, 1000, REST_MS], [9]]);
});

test("a record that there is not is said to be missing, once", async () => {
  const { asked, told, pictures, settle } = house();
  void pictures.want({ seq: 99 });
  await settle();
  asked[0].answer(404, {});
  await settle();
  assert.deepEqual([told, asked.length, pictures.asking], [[null], 1, false]);
});

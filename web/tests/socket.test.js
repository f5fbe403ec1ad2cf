import assert from "node:assert/strict";
import { test } from "node:test";
import { NotLetIn, RESEND_MS, UNKNOWN_MS, newId } from "../shared/socket.js";
import { FakeStorage, browser, settle } from "./fakes.js";
import { fromHouse } from "./golden.js";

const WELCOME = fromHouse("welcome to a bidder");
const PICTURE = fromHouse("picture before the sale");
const BID = { type: "bid", lot: 1, amount_fen: 1_000_000 };

/** @param {string} id */
const accepted = (id) => ({ ...fromHouse("answer: accepted, one of three in its commit"), id });

test("the first frame says hello with the ticket, in canonical spelling", async () => {
  const { wire } = await entered();
  assert.equal(wire.sent[0], '{"protocol":1,"ticket":"ticket","type":"hello"}');
});

test("coming back says how far we had read", async () => {
  const b = await entered();
  b.wire.onclose({ code: 1001 });
  assert.equal(b.connection.state, "waiting");
  b.timer.pass(500);
  await settle();
  b.wire.onopen();
  assert.deepEqual(b.wire.frames("hello")[0].after, { epoch: PICTURE.epoch, seq: PICTURE.seq, head: PICTURE.head });
});

test("a frame is kept before it is sent, and let go when it is answered", async () => {
  const b = await entered();
  const { wire } = b;
  const send = wire.send;
  let kept_when_sent = 0;
  wire.send = (text) => {
    if (text.includes('"bid"')) kept_when_sent = b.storage.length;
    send.call(wire, text);
  };
  const id = b.connection.ask(BID);
  assert.equal(kept_when_sent, 1);
  wire.say(accepted(id));
  assert.equal(b.storage.length, 0);
  assert.equal(b.news().at(-1).news.state, "accepted");
});

test("what has no answer is sent again after a reconnect, under the same id and byte for byte", async () => {
  const b = await entered();
  b.connection.ask(BID);
  const [first] = b.wire.sent.filter((text) => text.includes('"bid"'));
  b.wire.onclose({ code: 1006 });
  b.timer.pass(500);
  await settle();
  b.wire.onopen();
  b.wire.say(WELCOME);
  assert.deepEqual(b.wire.sent.filter((text) => text.includes('"bid"')), [first]);
});

test("a bid outlives the page: another page of the same bidder sends it again", async () => {
  const storage = new FakeStorage();
  const b = await entered({ storage });
  const id = b.connection.ask(BID);
  const again = await entered({ storage });
  assert.deepEqual(again.wire.frames("bid").map((frame) => frame.id), [id]);
});

test("another bidder at the same machine does not send it", async () => {
  const storage = new FakeStorage();
  (await entered({ storage })).connection.ask(BID);
  const other = browser({ storage });
  await other.enter({ ...WELCOME, paddle: 9 }, PICTURE);
  assert.deepEqual(other.wire.frames("bid"), []);
});

test("a house with another key, a rehearsal under the same name, does not get it", async () => {
  const storage = new FakeStorage();
  (await entered({ storage })).connection.ask(BID);
  const other = browser({ storage });
  await other.enter({ ...WELCOME, key: "00".repeat(32) }, PICTURE);
  assert.deepEqual(other.wire.frames("bid"), []);
});

test("an old bid is asked after, not made at a price long gone", async () => {
  const b = await entered();
  const id = b.connection.ask(BID);
  b.wire.onclose({ code: 1006 });
  b.timer.now_ms += RESEND_MS + 1;
  b.timer.pass(0);
  await settle();
  b.wire.onopen();
  b.wire.say(WELCOME);
  assert.deepEqual(b.wire.frames("bid"), []);
  assert.deepEqual(b.wire.frames("outcome").map((frame) => frame.id), [id]);
  b.wire.say({ ...fromHouse("unknown: never seen"), id });
  assert.equal(b.news().at(-1).news.state, "lost");
  assert.equal(b.storage.length, 0);
});

test("without an answer for two seconds the outcome is unknown and asked for", async () => {
  const b = await entered();
  const id = b.connection.ask(BID);
  b.timer.pass(UNKNOWN_MS - 1);
  assert.deepEqual(b.news(), []);
  b.timer.pass(1);
  assert.deepEqual(b.news(), [{ id, news: { state: "unknown" } }]);
  assert.deepEqual(b.wire.frames("outcome"), [{ type: "outcome", id }]);
  b.wire.say({ type: "duplicate", code: "OK_DUPLICATE", answer: accepted(id) });
  assert.equal(b.news().at(-1).news.state, "accepted");
  b.timer.pass(4 * UNKNOWN_MS);
  assert.equal(b.wire.frames("outcome").length, 1);
});

test("the house does not know yet: asked again, never sent anew", async () => {
  const b = await entered();
  const id = b.connection.ask(BID);
  b.wire.say({ ...fromHouse("unknown: not decided yet"), id });
  b.timer.pass(UNKNOWN_MS);
  assert.equal(b.wire.frames("bid").length, 1);
  assert.equal(b.wire.frames("outcome").length, 1);
});

test("the house never saw a fresh bid: it is sent again with the same id", async () => {
  const b = await entered();
  const id = b.connection.ask(BID);
  b.wire.say({ ...fromHouse("unknown: never seen"), id });
  assert.deepEqual(b.wire.frames("bid").map((frame) => frame.id), [id, id]);
});

test("a busy house is asked again when it said so, with the same id", async () => {
  const b = await entered();
  const id = b.connection.ask(BID);
  b.wire.say({ ...fromHouse("refused: busy"), id });
  b.timer.pass(249);
  assert.equal(b.wire.frames("bid").length, 1);
  b.timer.pass(1);
  assert.deepEqual(b.wire.frames("bid").map((frame) => frame.id), [id, id]);
});

test("what the door refuses for good is settled", async () => {
  const b = await entered();
  const id = b.connection.ask(BID);
  b.wire.say({ ...fromHouse("refused: not for the public"), id });
  assert.equal(b.news().at(-1).news.refusal.code, "E_NOT_AUTHORISED");
  assert.equal(b.storage.length, 0);
});

test("a gap brings us back with our place; a second gap asks for everything", async () => {
  const b = await entered();
  const gap = { type: "record", epoch: PICTURE.epoch, prev: 90, seq: 91, head: "cc", at_us: 0, parts: {}, events: [] };
  b.wire.say(gap);
  await settle();
  b.wire.onopen();
  assert.equal(b.wires.length, 2);
  assert.equal(b.wire.frames("hello")[0].after.seq, PICTURE.seq);
  b.wire.say(WELCOME);
  b.wire.say(gap);
  await settle();
  b.wire.onopen();
  assert.equal(b.wire.frames("hello")[0].after, undefined);
});

test("who is not let in does not knock again", async () => {
  const b = await entered();
  b.wire.onclose({ code: 4401 });
  assert.equal(b.connection.state, "shut");
  b.timer.pass(60_000);
  assert.equal(b.wires.length, 1);
});

test("a token that is refused shuts the page, a house that is away does not", async () => {
  const shut = browser({ ticket: async () => { throw new NotLetIn(); } });
  await shut.connection.connect();
  assert.equal(shut.connection.state, "shut");
  const away = browser({ ticket: async () => { throw new TypeError("network"); } });
  await away.connection.connect();
  assert.equal(away.connection.state, "waiting");
});

test("when the house was last heard is known through a loss and the attempts after it", async () => {
  assert.equal(browser().connection.last_us, 0);
  const b = await entered();
  const heard_us = b.clock.now_us();
  assert.equal(b.connection.last_us, heard_us);
  b.wire.onclose({ code: 1006 });
  b.timer.pass(5_000);
  await settle();
  assert.equal(b.connection.last_us, heard_us);
});

test("a silent wire is given up", async () => {
  const b = await entered();
  b.timer.pass(11_900);
  assert.equal(b.connection.state, "live");
  b.timer.pass(200);
  assert.equal(b.connection.state, "waiting");
});

test("house time is taken from the sample with the shortest way", async () => {
  const b = await entered();
  const t0 = b.clock.now_us();
  b.timer.now_ms += 40;
  b.wire.say({ type: "time", t0, t1_us: t0 + 10_020_000, t2_us: t0 + 10_020_000 });
  assert.equal(b.clock.offset_us(), 10_000_000);
  assert.equal(b.clock.uncertainty_us(), 20_000);
  const t0_slow = b.clock.now_us();
  b.timer.now_ms += 400;
  b.wire.say({ type: "time", t0: t0_slow, t1_us: t0_slow + 10_390_000, t2_us: t0_slow + 10_390_000 });
  assert.equal(b.clock.offset_us(), 10_000_000);
  assert.equal(b.clock.rtt_us(), 400_000);
});

test("ids are UUIDs, version 4", () => {
  assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

async function entered(settings) {
  const b = browser(settings);
  await b.enter(WELCOME, PICTURE);
  return b;
}

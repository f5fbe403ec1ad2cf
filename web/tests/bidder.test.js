// What a bidder is told of the end, and what his page tells the house that it shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { latestSafe_us, sending } from "../bidder/safe.js";
import { SeenSaid } from "../shared/seen.js";

const clock = (rtt_us, uncertainty_us = 5_000) => ({ known: rtt_us !== null, rtt_us: () => rtt_us, uncertainty_us: () => uncertainty_us });

test("the latest safe moment leaves room for the way, the clock's doubt and a margin", () => {
  assert.equal(latestSafe_us(10_000_000, clock(40_001)), 10_000_000 - 20_001 - 5_000 - 150_000);
  assert.ok(latestSafe_us(10_000_000, clock(400_000)) < latestSafe_us(10_000_000, clock(40_000)));
});

test("before the clocks were compared, or without an end, nothing is promised", () => {
  assert.equal(latestSafe_us(10_000_000, clock(null)), null);
  assert.equal(latestSafe_us(null, clock(40_000)), null);
  assert.equal(sending(1, null, 10_000_000), "unknown");
});

test("safe, then late, then over, each from its very microsecond", () => {
  const stages = [8_999_999, 9_000_000, 9_999_999, 10_000_000].map((now) => sending(now, 9_000_000, 10_000_000));
  assert.deepEqual(stages, ["safe", "late", "late", "over"]);
});

test("what is shown is said again on a new connection", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {number[]} */
  const told = [];
  const connection = { live: true, tell: (frame) => told.push(frame.seq) };
  const seen = new SeenSaid(connection, { rules: { delivery_percent: 50 }, seq: 7 });
  seen.say();
  seen.say();
  context.mock.timers.tick(1_000);
  assert.deepEqual(told, [7]);
  connection.live = false;
  seen.say();
  connection.live = true;
  seen.say();
  assert.deepEqual(told, [7, 7]);
});

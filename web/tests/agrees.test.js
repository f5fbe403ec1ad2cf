/** What a record shows, held against the outcome that its digest binds. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { agrees } from "../shared/agrees.js";

const outcome = (/** @type {any[]} */ ...events) => JSON.stringify({ events });

test("what nobody hears of an opening comes with its outcome and no event", () => {
  const received = outcome({ type: "EnvelopeReceived", bidder: 305, section: "1" });
  assert.equal(agrees({ events: [] }, received, true), true);
  assert.equal(agrees({ events: [{ type: "EnvelopeReceived", bidder: 4711 }] }, received, true), false);
});

test("an event that everybody hears may not be left out", () => {
  assert.equal(agrees({ events: [] }, outcome({ type: "BidsReadOut", at: 1000 }), true), false);
  assert.equal(agrees({ events: [{ type: "BidsReadOut", at_us: 1 }] }, outcome({ type: "BidsReadOut", at: 1000 }), true), true);
});

test("a deadline is heard in microseconds", () => {
  const closed = outcome({ type: "SubmissionClosed", at: 2000, deadline: 1000, root: "ab" });
  assert.equal(agrees({ events: [{ type: "SubmissionClosed", deadline_us: 1, root: "ab", at_us: 2 }] }, closed, true), true);
  assert.equal(agrees({ events: [{ type: "SubmissionClosed", deadline_us: 2, root: "ab", at_us: 2 }] }, closed, true), false);
});

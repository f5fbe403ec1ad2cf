// @ts-check
/** A visit to the kiosk: what a reader types, whose link it is, when it locks, and that what is forgotten asks nothing any more. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Bidder, Refused } from "../kiosk/bidder.js";
import { Lock, NoCode, Reader, lockAfter, mayDo, tokenIn } from "../kiosk/visit.js";

const LINK = "https://house.cn/sales/t1/bidder?lang=en#token=aa.bb.cc";

test("a code is the personal link of this very opening", () => {
  assert.equal(tokenIn(LINK, "t1"), "aa.bb.cc");
  for (const [code, sale] of [[LINK, "t2"], ["https://house.cn/#token=a", "t1"]]) assert.throws(() => tokenIn(code, sale), { message: "kiosk.code.other" });
  for (const code of ["", "aa.bb.cc", "https://house.cn/sales/t1/bidder", "https://house.cn/sales/t1/bidder#token="]) assert.throws(() => tokenIn(code, "t1"), NoCode);
});

test("a reader's keys make one code, and no code is longer than any link", () => {
  const reader = new Reader();
  assert.equal(reader.type("Enter"), null);
  for (const key of ["Shift", ..."abc"]) assert.equal(reader.type(key), null);
  assert.equal(reader.type("Enter"), "abc");
  for (let i = 0; i < 9999; i++) reader.type("x");
  assert.equal(reader.type("Enter")?.length, 4096);
  reader.type("a");
  reader.forget();
  assert.equal(reader.type("Enter"), null);
});

test("it locks so long after the last touch, warns before, and cannot be told never to", () => {
  let now = 0;
  const lock = new Lock(60, () => now);
  now = 44_999;
  assert.equal(lock.warns_s, null);
  now = 45_000;
  assert.equal(lock.warns_s, 15);
  lock.touch();
  assert.equal(lock.left_ms, 60_000);
  now += 60_000;
  assert.deepEqual([lock.left_ms, lock.warns_s], [0, 0]);
  assert.deepEqual([null, "90", "0", "99999", "9999", "soon"].map(lockAfter), [60, 90, 20, 60, 300, 60]);
});

test("he may sign in once, and unseal only what is his to unseal now", () => {
  const own = { envelope: { manifest: "ab", spelled: "{}", at_us: 1 }, version: 1, state: "sealed", may_unseal: true };
  const mine = { bidder: 1, name: "甲", signed_in_at_us: null, sections: { 1: own, 2: { ...own, may_unseal: false }, 3: { ...own, envelope: null } } };
  assert.deepEqual(mayDo(mine), { sign_in: true, unseal: ["1"] });
  assert.equal(mayDo({ ...mine, signed_in_at_us: 5 }).sign_in, false);
});

test("the house's own words are passed on, and whoever is forgotten asks nothing more", async (context) => {
  /** @type {any[]} */
  const asked = [];
  const answers = [{ outcome: { accepted: [] } }, { outcome: { refused: { code: "E", zh: "否", en: "no" } } }, { code: "E_AUTH_INVALID", zh: "过期", en: "run out" }];
  context.mock.method(globalThis, "fetch", async (/** @type {string} */ url, /** @type {any} */ how) => {
    asked.push({ url, ...how });
    how.signal.throwIfAborted();
    return { json: async () => answers.shift() };
  });
  const one = new Bidder("t1", "aa.bb.cc");
  await one.act({ type: "sign_in" });
  assert.equal(asked[0].headers.Authorization, "Bearer aa.bb.cc");
  assert.deepEqual(Object.keys(JSON.parse(asked[0].body)), ["id", "type"]);
  await assert.rejects(one.act({ type: "sign_in" }), (/** @type {any} */ fault) => fault instanceof Refused && fault.words.zh === "否");
  await assert.rejects(one.picture(), { words: { zh: "过期", en: "run out" } });
  one.forget();
  await assert.rejects(one.picture(), { name: "AbortError" });
  assert.equal(asked.at(-1).headers.Authorization, "Bearer ");
});

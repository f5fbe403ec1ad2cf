// What a bidder's page of an opening decides before anything is drawn: how he stands, what is kept for him, and whether a receipt holds.

import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { showCertificates } from "../opening-bidder/certificates.js";
import { Kept } from "../opening-bidder/kept.js";
import { lastAct, receiptOf, sealedFor, standingOf } from "../opening-bidder/own.js";
import { holds, oneLine } from "../opening-bidder/sealed-receipt.js";
import { toHex, utf8 } from "../shared/bytes.js";
import { sha256 } from "../shared/sha256.js";
import { readText } from "./sources.js";
import { FakeStorage } from "./fakes.js";

const section = (more) => ({ deposit: "paid", version: 0, envelope: null, state: null, may_unseal: false, troubles: [], sheet: null, flaws: [], above_ceiling: null, confirmed_at_us: null, ...more });
const envelope = { manifest: "aa", spelled: "{}", at_us: 1, chunks: { sheet: 1 } };
const known = (more) => ({ live: true, stage: "receiving", suspended: false, own: section(), signedIn: false, act: null, kept: false, ...more });
const stands = (more) => section({ version: 1, envelope, state: "sealed", ...more });
const refused = { frame: { type: "submit_envelope", section: "1" }, state: "refused", refusal: { code: "E_SEAL_INCOMPLETE" } };

const STANDINGS = [
  ["away", "obid.is.away", known({ live: false, act: refused })],
  ["sent", "obid.is.sent", known({ act: { state: "sent" } })],
  ["sent", "obid.is.sent", known({ act: { state: "unknown" } })],
  ["bad", "obid.is.refused", known({ act: refused })],
  ["bad", "obid.is.not-registered", known({ own: undefined })],
  ["calm", "obid.is.paused", known({ suspended: true })],
  ["act", "obid.is.nothing", known()],
  ["act", "obid.is.deposited", known({ kept: true })],
  ["act", "obid.is.replacing", known({ kept: true, own: stands() })],
  ["good", "obid.is.received", known({ own: stands(), act: { state: "accepted" } })],
  ["calm", "obid.is.none", known({ stage: "listed" })],
  ["act", "obid.is.absent", known({ stage: "closed", own: stands() })],
  ["calm", "obid.is.waiting", known({ stage: "listed", own: stands(), signedIn: true })],
  ["act", "obid.is.to-unseal", known({ stage: "unsealing", own: stands({ may_unseal: true }) })],
  ["good", "obid.is.unsealed", known({ stage: "unsealing", own: stands({ state: "unsealed" }) })],
  ["calm", "obid.is.left-sealed", known({ stage: "combining", own: stands(), signedIn: true })],
  ["calm", "obid.is.remedied", known({ stage: "combining", own: stands({ state: "remedied" }), signedIn: true })],
  ["bad", "obid.is.revoked", known({ stage: "combining", own: stands({ state: "revoked" }) })],
  ["act", "obid.is.read-out", known({ stage: "read_out", own: stands({ state: "opened", sheet: {} }) })],
  ["good", "obid.is.confirmed", known({ stage: "read_out", own: stands({ state: "opened", sheet: {}, confirmed_at_us: 5 }) })],
  ["good", "obid.is.opened", known({ stage: "signing", own: stands({ state: "opened", sheet: {} }) })],
];

for (const [kind, key, one] of STANDINGS)
  test(`he stands ${key} (${kind})`, () => {
    const found = standingOf(one);
    assert.deepEqual([found.kind, found.key], [kind, key]);
    for (const lang of ["zh-CN", "en"]) {
      const sentences = JSON.parse(readText(`shared/locales/${lang}.json`));
      for (const said of [found.key, found.next]) assert.ok(said === null || sentences[said], `${lang} ${said}`);
    }
  });

test("what to do after a refusal is said beside its reason", () => {
  assert.equal(standingOf(known({ act: refused })).next, "obid.after.upload");
  assert.equal(standingOf(known({ act: { ...refused, refusal: { code: "E_OTHER" } } })).next, null);
});

test("the newest act that concerns the section is the one to be looked at", () => {
  const acts = [{ frame: { type: "unseal", section: "2" } }, { frame: { type: "time" } }, { frame: { type: "sign_in" } }, { frame: { type: "unseal", section: "1" } }];
  assert.equal(lastAct(acts, "2"), acts[0]);
  assert.equal(lastAct(acts, "1"), acts[2]);
  assert.equal(lastAct([], "1"), null);
});

test("a receipt is that of the newest envelope that was accepted", () => {
  const of = (state, more) => ({ frame: { type: "submit_envelope", section: "1" }, state, sealed: {}, ...more });
  const acts = [of("refused"), of("accepted", { sealed: undefined }), of("accepted", { id: "b" }), of("accepted", { id: "a" })];
  assert.equal(receiptOf(acts, "1")?.id, "b");
  assert.equal(receiptOf(acts, "2"), null);
});

test("the desk seals the next version, for the section's ceiling where it is known", () => {
  const tender = { hall: "{}", remedy: true, fields: [], price: "p", sections: [{ section: "1", ceiling_fen: 7 }, { section: "2", ceiling_fen: null }] };
  const own = { bidder: 305, sections: { 1: section({ version: 2 }), 2: section() } };
  const made = { hall: "{}", bidder: "305", remedy: true, fields: [], price: "p" };
  assert.deepEqual(sealedFor(tender, "1", own), { ...made, section: "1", version: 3, ceiling_fen: 7 });
  assert.deepEqual(sealedFor(tender, "2", own), { ...made, section: "2", version: 1, ceiling_fen: null });
});

test("an envelope is kept until it is submitted, and an older one is not offered", () => {
  const storage = new FakeStorage();
  const one = { section: "1", version: 2, manifest: "{}", signature: "00", signing: "30", encryption: "30" };
  new Kept(storage, "t1", "bidder-305").keep(one);
  const kept = new Kept(storage, "t1", "bidder-305");
  assert.deepEqual(kept.next("1", 2), one);
  assert.equal(kept.next("2", 2), null);
  assert.equal(new Kept(storage, "t1", "bidder-66").next("1", 2), null);
  assert.equal(kept.next("1", 3), null);
  assert.equal(kept.next("1", 2), null, "forgotten");
});

test("a sealed receipt holds by its signature, for its command and its outcome, and by no other key", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const [command, outcome] = ['{"a":1}', "[]"];
  const statement = `luochui receipt v1\nt1\n7\n1800000000000000000\n${toHex(sha256(utf8(command)))}\n${toHex(sha256(utf8(outcome)))}\n`;
  const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const receipt = { number: "0123456789abcdef", command, outcome, statement, signature: sign(null, Buffer.from(statement), privateKey).toString("hex"), key };
  assert.equal(await holds(receipt, key), true);
  assert.equal(await holds(receipt, undefined), true);
  assert.equal(await holds(receipt, "00"), false);
  for (const wrong of [{ command: "{}" }, { outcome: "{}" }, { statement: "x" }, { signature: "00".repeat(64) }]) assert.equal(await holds({ ...receipt, ...wrong }, key), false);
  assert.equal(oneLine(receipt), `luochui-receipt-2:0123456789abcdef:t1:7:1800000000000000000:${toHex(sha256(utf8(command)))}:${toHex(sha256(utf8(outcome)))}:${receipt.signature}`);
});

test("certificates are shown before anything is asked, again while nobody answers, and a refusal is passed on", async () => {
  const kept = { section: "1", version: 1, manifest: "{}", signature: "00", signing: "30", encryption: "31" };
  const answers = [null, { retry: "after_ms", code: "E_BUSY", detail: { after_ms: 7 } }, { code: "E_CERT_REVOKED", retry: "new_id", zh: "", en: "", detail: {} }];
  const asked = [];
  const waited = [];
  const fetch = async (url, { body, headers }) => {
    asked.push([url, body, headers.Authorization]);
    const said = answers.shift();
    if (said === null) throw new TypeError("nobody");
    return { json: async () => said };
  };
  const how = { fetch, wait: async (ms) => waited.push(ms), token: "t" };
  assert.equal((await showCertificates("t1", kept, how))?.code, "E_CERT_REVOKED");
  assert.deepEqual(asked[2], ["/api/sales/t1/certificates", '{"encryption":"31","manifest":"{}","signing":"30"}', "Bearer t"]);
  assert.equal(asked.length, 3);
  assert.ok(waited[1] >= 7);
  answers.push({});
  assert.equal(await showCertificates("t1", kept, how), null);
});

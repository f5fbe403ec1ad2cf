// A sealed envelope is brought to a house that loses answers, forgets uploads and fills up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../shared/bytes.js";
import { Deposit } from "../seal/deposit.js";

const ENVELOPE = { manifest: { text: "{}" }, digests: { sheet: [Uint8Array.of(1)], documents: [2, 3, 4, 5].map((byte) => Uint8Array.of(byte)) } };
const CHUNK = async (part, index) => ({ sealed: Uint8Array.of(part === "sheet" ? 1 : index + 2) });

const KEPT = { receipt: { section: "1" } };

/** Answers as the house's store of envelopes does; `trouble` is asked first. */
class Store {
  constructor(trouble = () => null) {
    this.trouble = trouble;
    this.kept = { sheet: new Map(), documents: new Map() };
    this.asked = [];
    this.waited = [];
    this.most = 0;
    this.now = 0;
  }

  fetch = async (url, { method, headers, body, signal }) => {
    signal?.throwIfAborted();
    assert.equal(headers.Authorization, "Bearer t");
    const path = url.replace("/up", "");
    const what = `${method} ${path}`;
    this.asked.push(what);
    this.most = Math.max(this.most, ++this.now);
    await null;
    this.now--;
    const no = this.trouble(what, this.asked.filter((one) => one === what).length);
    if (no === "lost") throw new TypeError("failed");
    if (no) return Response.json({ retry: "never", detail: {}, ...no }, { status: 400 });
    if (what === "POST ") return Response.json(this.#there(JSON.parse(body)));
    const [, part, index] = path.slice(1).split("/");
    if (method === "PUT") this.kept[part].set(Number(index), toHex(body));
    return Response.json(method === "PUT" ? {} : KEPT);
  };

  wait = async (ms) => void this.waited.push(ms);

  #there({ digests }) {
    const parts = Object.entries(digests).map(([part, joined]) => {
      const indices = Array.from({ length: joined.length / 2 }, (_, at) => at).filter((at) => !this.kept[part].has(at));
      return { part, chunks: joined.length / 2, missing: indices.map((at) => [at, at]) };
    });
    return { upload: "u", finished: false, parts };
  }
}

function bring(store, more = {}) {
  return new Deposit({ address: "/up", token: "t", fetch: store.fetch, wait: store.wait, ...more }).bring(ENVELOPE, CHUNK);
}

const whole = (store) => [...store.kept.documents].sort(([a], [b]) => a - b).map(([, body]) => body).join("");

test("an envelope is begun, sent, a few chunks at a time, and finished", async () => {
  const [store, told] = [new Store(), []];
  assert.deepEqual(await bring(store, { told: (...now) => told.push(now) }), KEPT);
  assert.equal(whole(store), "02030405");
  assert.equal(store.asked.length, 7);
  assert.ok(store.most <= 3);
  assert.deepEqual([told[0], told.at(-1)], [[0, 5, false], [5, 5, false]]);
});

test("what is there already is not sent again", async () => {
  const store = new Store();
  store.kept.documents.set(0, "02").set(1, "03").set(2, "04");
  await bring(store);
  assert.deepEqual(store.asked.slice(1, -1).sort(), ["PUT /u/documents/3", "PUT /u/sheet/0"]);
});

test("lost answers and a house that asks for time are waited out, and said", async () => {
  const told = [];
  const store = new Store((what, times) => {
    if (what === "PUT /u/documents/1" && times < 3) return "lost";
    return what.endsWith("finish") && times === 1 ? { code: "E_UPLOAD_STORAGE", retry: "after_ms", detail: { after_ms: 70_000 } } : null;
  });
  assert.deepEqual(await bring(store, { told: (done, of, waiting) => told.push(waiting) }), KEPT);
  assert.equal(store.waited.length, 3);
  assert.ok(store.waited.includes(70_000));
  assert.equal(told.filter(Boolean).length, 3);
});

for (const code of ["E_UPLOAD_UNKNOWN", "E_SEAL_INCOMPLETE", "E_CHUNK_HASH", "E_CHUNK_SIZE"])
  test(`after ${code} it is begun anew, and goes on`, async () => {
    const store = new Store((what, times) => (what === "PUT /u/documents/2" && times === 1 ? { code } : null));
    assert.deepEqual(await bring(store), KEPT);
    assert.equal(whole(store), "02030405");
    assert.equal(store.asked.filter((one) => one === "POST ").length, 2);
  });

test("what the house always says is passed on in its words", async () => {
  const store = new Store((what) => (what.startsWith("PUT") ? { code: "E_CHUNK_HASH", zh: "不符", en: "not it" } : null));
  await assert.rejects(bring(store), (fault) => fault.said.zh === "不符");
  assert.equal(store.asked.filter((one) => one === "POST ").length, 5);
  const closed = new Store((what) => (what === "PUT /u/documents/1" ? { code: "E_UPLOADS_CLOSED" } : null));
  await assert.rejects(bring(closed), { message: "E_UPLOADS_CLOSED" });
  assert.ok(!closed.asked.includes("POST /u/finish"));
});

test("a proxy's page is no answer", async () => {
  const store = new Store();
  let pages = 0;
  const fetch = (url, request) => (pages++ < 2 ? Promise.resolve(new Response("<html>", { status: 502 })) : store.fetch(url, request));
  assert.deepEqual(await bring(store, { fetch }), KEPT);
  assert.equal(store.waited.length, 2);
});

test("it stops when told to, also while it waits", async () => {
  const stop = new AbortController();
  const store = new Store((what) => (what === "PUT /u/documents/1" ? "lost" : null));
  store.wait = async () => stop.abort();
  await assert.rejects(bring(store, { signal: stop.signal }), { name: "AbortError" });
  const slow = new AbortController();
  const lost = new Deposit({ address: "/up", token: "t", fetch: new Store(() => "lost").fetch, signal: slow.signal });
  const going = lost.bring(ENVELOPE, CHUNK);
  setImmediate(() => slow.abort());
  await assert.rejects(going, { name: "AbortError" });
});

test("a file that changed meanwhile ends it", async () => {
  const deposit = new Deposit({ address: "/up", token: "t", fetch: new Store().fetch });
  const chunk = async () => {
    throw new RangeError("changed");
  };
  await assert.rejects(deposit.bring(ENVELOPE, chunk), RangeError);
});

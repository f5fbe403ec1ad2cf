import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../shared/bytes.js";
import { KeyFault, UsbKeys, deviceKey, dial, sm2Der } from "../shared/usbkey.js";

const said = readFileSync(new URL("../../clients/usbkey/transcript.json", import.meta.url), "utf8");
const { transcripts } = JSON.parse(said);

/** Plays the middleware's part, and holds ours to the transcript. */
function playing(transcript) {
  const left = [...transcript.frames];
  return async (frame) => {
    const [asked, answered] = left.shift();
    assert.equal(frame, asked);
    return answered;
  };
}

async function refused(promise, code, detail = undefined) {
  await assert.rejects(promise, (fault) => {
    assert.ok(fault instanceof KeyFault);
    assert.equal(fault.code, code);
    if (detail) assert.deepEqual(fault.detail, detail);
    return true;
  });
}

for (const transcript of transcripts) {
  const { key, pin, half } = transcript;
  const [message, info, wrapped, spoilt] = ["message", "info", "wrapped", "spoilt"].map((name) => fromHex(transcript[name]));

  test(`${key}: the page says what the transcript says, to the last byte`, async () => {
    const keys = new UsbKeys(playing(transcript));
    const [listed] = await keys.keys();
    assert.equal(listed.key, key);
    assert.match(listed.name, /^测试/);
    for (const use of ["signing", "encryption"]) assert.equal((await keys.certificate(key, use))[0], 0x30);
    // The transcript's own client looked at the certificate once more before it wrapped.
    await keys.certificate(key, "encryption");
    assert.equal(await keys.triesLeft(key), 6);
    await refused(keys.sign(key, message), "E_KEY_PIN_NEEDED");
    await refused(keys.login(key, [...pin].reverse().join("")), "E_KEY_PIN_WRONG", { left: 5 });
    assert.equal(await keys.triesLeft(key), 5);
    await keys.login(key, pin);
    assert.ok((await keys.sign(key, message)).length > 60);
    assert.equal(toHex(await deviceKey(keys, key).unwrap(wrapped, info)), half);
    await refused(keys.unwrap(key, spoilt, info), "E_KEY_DECRYPT");
    await refused(keys.sign("another", message), "E_KEY_NONE");
    await keys.logout(key);
    await refused(keys.sign(key, message), "E_KEY_PIN_NEEDED");
    assert.deepEqual(await keys.keys(), []);
    await refused(keys.login(key, pin), "E_KEY_PULLED");
  });
}

test("an SM2 key that opened what was wrapped for another purpose is told so", async () => {
  const certificate = btoa(String.fromCharCode(...fromHex(`3059301306072a8648ce3d020106082a811ccf5501822d034200${"04".repeat(65)}`)));
  const answers = [certificate, btoa("\0".repeat(64))];
  let id = 0;
  const keys = new UsbKeys(async () => JSON.stringify({ id: ++id, status: 0, result: answers[id - 1] }));
  await refused(keys.unwrap("sm2", Uint8Array.of(4, ...new Uint8Array(160)), Uint8Array.of(1)), "E_KEY_DECRYPT");
});

test("answers that cannot be understood are said to be so", async () => {
  const answers = ["", "[]", "null", '{"id":2,"status":0,"result":""}', '{"id":1,"status":0}', '{"id":1,"status":0,"result":7}', '{"id":1,"status":99}', '{"id":1,"status":5}'];
  for (const answer of answers) await refused(new UsbKeys(async () => answer).keys(), "E_KEY_ANSWER");
  for (const result of [null, "*", "AAA", 1])
    await refused(new UsbKeys(async () => JSON.stringify({ id: 1, status: 0, result })).sign("k", new Uint8Array()), "E_KEY_ANSWER");
});

test("whole numbers of DER have no needless zeros and stay positive", () => {
  const raw = new Uint8Array(161);
  raw[0] = 4;
  raw[32] = 0x7f;
  raw[33] = 0x80;
  const der = toHex(sm2Der(raw));
  assert.ok(der.startsWith(`30818a02017f02210080${"00".repeat(31)}0420`), der);
  assert.throws(() => sm2Der(raw.subarray(0, 96)), KeyFault);
});

class Socket {
  sent = [];
  closed = false;
  send(frame) {
    this.sent.push(frame);
  }
  close() {
    this.closed = true;
    this.onclose?.();
  }
}

async function dialled(patienceMs) {
  const socket = new Socket();
  let url = "";
  const line = dial(4711, (where) => ((url = where), socket), patienceMs);
  assert.equal(url, "ws://127.0.0.1:4711/");
  socket.onopen();
  return { socket, ...(await line) };
}

test("one question at a time goes over the socket, and only to this machine", async () => {
  const { socket, keys, close } = await dialled();
  const first = keys.keys();
  await refused(keys.triesLeft("k"), "E_KEY_ASKED", { where: "busy" });
  assert.equal(socket.sent.length, 1);
  socket.onmessage({ data: '{"id":1,"status":0,"result":"甲||a&&&乙||b"}' });
  assert.deepEqual(await first, [
    { name: "甲", key: "a" },
    { name: "乙", key: "b" },
  ]);
  close();
  await refused(keys.keys(), "E_KEY_SERVICE", { where: "127.0.0.1:4711" });
});

test("middleware that is not there, goes away or stays silent is said to be so", async () => {
  const absent = new Socket();
  const line = dial(1, () => absent);
  absent.onerror();
  await refused(line, "E_KEY_SERVICE");
  const { socket, keys } = await dialled();
  const asked = keys.keys();
  socket.onclose();
  await refused(asked, "E_KEY_SERVICE");
  const silent = await dialled(1);
  await refused(silent.keys.keys(), "E_KEY_SERVICE");
  assert.ok(silent.socket.closed);
});

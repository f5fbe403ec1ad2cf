// How a room's copies and a way to the gateways are spoken of.

import assert from "node:assert/strict";
import { test } from "node:test";
import { carrierKeys, copyKeys } from "../cluster/standing.js";
import { readText } from "./sources.js";

const texts = ["zh-CN", "en"].map((language) => JSON.parse(readText(`shared/locales/${language}.json`)));

const COPIES = [
  [null, "copies.one", "badge-muted"],
  [{ mode: "sync", standing: "in_force", behind: 0 }, "copies.sync", "badge-good"],
  [{ mode: "async", standing: "in_force", behind: 2 }, "copies.async", "badge-good"],
  [{ mode: "sync", standing: "catching_up", behind: 9 }, "cluster.catching-up", "badge-warn"],
  [{ mode: "async", standing: "gone", behind: 9 }, "copies.alone", "badge-bad"],
];

for (const [standby, says, badge] of COPIES) test(`copies: ${JSON.stringify(standby)}`, () => {
  assert.deepEqual(copyKeys(standby), { says, badge });
  for (const text of texts) assert.ok(text[says], says);
});

const CARRIERS = [
  [{ kind: "redis", carries: true, code: null }, "cluster.carries", "badge-good"],
  [{ kind: "redis", carries: false, code: null }, "cluster.behind", "badge-warn"],
  [{ kind: "socket", carries: false, code: "E_CARRIER_UNREACHABLE" }, "cluster.down", "badge-bad"],
];

for (const [carrier, says, badge] of CARRIERS) test(`a way to gateways: ${JSON.stringify(carrier)}`, () => {
  assert.deepEqual(carrierKeys(carrier), { says, badge });
  for (const text of texts) for (const key of [says, `cluster.carrier.${carrier.kind}`]) assert.ok(text[key], key);
});

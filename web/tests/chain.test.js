import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { utf8, toHex } from "../shared/bytes.js";
import { Chain } from "../shared/chain.js";
import { readHeader } from "../shared/header.js";
import { leafHash, root, rootByPath } from "../shared/merkle.js";
import { checkReceipt } from "../shared/receipt.js";
import { sha256 } from "../shared/sha256.js";
import { Ledger } from "../record/ledger.js";
import { microText } from "../record/micro.js";
import { fromHouse, golden } from "./golden.js";

const PAGES = golden("record").map(({ page }) => page);
const KEY = PAGES[0].key;
const LAST = PAGES[0].seq;
const RULES = fromHouse("picture before the sale").parts.sale.rules;

async function checked(pages) {
  const chain = new Chain("golden", KEY);
  for (const page of pages) await chain.extend(page.records, page.commits);
  return chain;
}

/** The golden pages with one record or commit changed. */
function spoiled(change) {
  const pages = structuredClone(PAGES);
  change(pages);
  return pages;
}

test("SHA-256 is the one everybody has, at every length around a block", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
    assert.equal(toHex(sha256(bytes)), createHash("sha256").update(bytes).digest("hex"));
  }
});

test("the golden record holds: every record linked, covered and signed", async () => {
  const chain = await checked(PAGES);
  assert.equal(chain.broken, null);
  assert.deepEqual([chain.records, chain.covered, chain.head], [LAST, LAST, PAGES[0].head]);
  assert.equal(chain.signed, chain.commits);
  assert.equal(chain.unchecked, 0);
});

const FAULTS = [
  ["a changed time", (pages) => (pages[0].records[4].header = pages[0].records[4].header.replace(/"arrived_at":\d/, '"arrived_at":2')), 5, "digest"],
  ["a missing record", (pages) => pages[0].records.splice(3, 1), 4, "place"],
  ["two records exchanged", (pages) => pages[0].records.splice(3, 2, pages[0].records[4], pages[0].records[3]), 4, "place"],
  ["a space in a header", (pages) => (pages[0].records[2].header = pages[0].records[2].header.replace(":", ": ")), 3, "spelling"],
  ["another sale", (pages) => (pages[0].records[0].header = pages[0].records[0].header.replace("golden", "silver")), 1, "sale"],
  ["a changed outcome", (pages) => (pages[0].records[5].outcome = pages[0].records[5].outcome.replace("1000000", "9000000")), 6, "outcome"],
  ["a signature of another commit", (pages) => (pages[0].commits[1].signature = pages[0].commits[0].signature), 2, "signature"],
  ["a statement about another sale", (pages) => (pages[0].commits[1].statement = pages[0].commits[1].statement.replace("golden", "silver")), 2, "sale"],
  ["rules changed on the way", (pages) => (pages[0].commits[1].statement = pages[0].commits[1].statement.replace(/[0-9a-f]{64}\n$/, `${"0".repeat(64)}\n`)), 2, "rules"],
  ["a commit left out", (pages) => pages[0].commits.splice(1, 1), 2, "unsigned"],
];

for (const [name, change, seq, fault] of FAULTS) {
  test(`${name} is found, and the first record at fault is named`, async () => {
    const { broken } = await checked(spoiled(change));
    assert.deepEqual({ seq: broken.seq, fault: broken.rule }, { seq, fault });
  });
}

test("a chain made anew over a changed record is found by its signature", async () => {
  const pages = spoiled(([page]) => {
    page.records.length = 1;
    page.commits.length = 1;
    const record = page.records[0];
    record.header = record.header.replace(/"arrived_at":\d/, '"arrived_at":2');
    record.digest = toHex(sha256(utf8(record.header)));
  });
  assert.equal((await checked([pages[0]])).broken.rule, "head");
});

test("a commit that ends on the next page waits for it", async () => {
  const chain = new Chain("golden", KEY);
  const [{ records, commits }] = PAGES;
  const part = commits.filter((commit) => commit.first <= 6);
  await chain.extend(records.slice(0, 6), part);
  assert.equal(chain.broken, null);
  assert.ok(chain.covered < 6);
  await chain.extend(records.slice(6), commits);
  assert.equal(chain.broken, null);
});

test("times of nanoseconds are read to the last digit", () => {
  const header = readHeader(PAGES[0].records[0].header);
  assert.equal(header.arrived_at, 1476495001250123456n);
  assert.equal(microText(header.arrived_at), "2016-10-15 09:30:01.250 123");
});

test("every path of every tree up to 20 leads to its root, and no other does", () => {
  for (let size = 1; size <= 20; size++) {
    const entries = Array.from({ length: size }, (_, i) => utf8(`record ${i}`));
    const whole = toHex(root(entries));
    for (let index = 0; index < size; index++) {
      const path = audit(entries, index);
      assert.equal(toHex(rootByPath(entries[index], index, size, path)), whole);
      assert.equal(rootByPath(entries[index], index, size, [...path, entries[0]]), null);
      if (path.length) assert.equal(rootByPath(entries[index], index, size, path.slice(1)), null);
    }
  }
});

for (const name of ["answer: accepted, one of three in its commit", "answer: refused, too low", "answer: the hammer fell"]) {
  test(`the receipt of "${name}" holds`, async () => {
    const findings = await checkReceipt(fromHouse(name).receipt, { key: KEY, rules: RULES });
    assert.deepEqual(findings.filter(({ good }) => good !== true), []);
    assert.equal(findings.length, 7);
  });
}

const FORGERIES = [
  ["command", (receipt) => (receipt.command = receipt.command.replace("1000000", "100000"))],
  ["outcome", (receipt) => (receipt.outcome = receipt.outcome.replace("1000000", "100000"))],
  ["path", (receipt) => (receipt.path = receipt.path.slice(1))],
  ["path", (receipt) => (receipt.header = receipt.header.replace(/"arrived_at":\d/, '"arrived_at":2'))],
  ["signature", (receipt) => (receipt.signature = receipt.signature.replace(/^../, "00"))],
  ["statement", (receipt) => (receipt.statement = receipt.statement.replace("golden", "silver"))],
  ["rules", (receipt) => (receipt.statement = receipt.statement.replace(/[0-9a-f]{64}\n$/, `${"0".repeat(64)}\n`))],
  ["key", (receipt) => (receipt.key = "00".repeat(32))],
];

for (const [check, forge] of FORGERIES) {
  test(`a receipt forged in its ${check} does not hold`, async () => {
    const receipt = structuredClone(fromHouse("answer: accepted, one of three in its commit").receipt);
    forge(receipt);
    const bad = (await checkReceipt(receipt, { key: KEY, rules: RULES })).filter(({ good }) => good === false).map((finding) => finding.check);
    assert.ok(bad.includes(check), `found ${bad}`);
  });
}

test("the ledger reads page by page to the end and sorts by lot", async () => {
  const asked = [];
  const ledger = new Ledger(async (after) => {
    asked.push(after);
    return PAGES.find((page) => page.records[0]?.header.includes(`"seq":${after + 1}}`)) ?? { ...PAGES[0], records: [], commits: [] };
  }, () => {});
  await ledger.follow();
  assert.deepEqual(asked, [0, 8, 16]);
  assert.equal(ledger.state, "read");
  const bids = ledger.by_lot.get(1).flatMap(({ events }) => events).filter(({ type }) => type === "BidPlaced");
  assert.deepEqual(bids.map(({ amount_fen }) => amount_fen), [1_000_000, 1_050_000, 1_100_000]);
  assert.equal(ledger.refusals, 3);
});

function audit(entries, index) {
  if (entries.length === 1) return [];
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return index < split ? [...audit(left, index), root(right)] : [...audit(right, index - split), root(left)];
}

test("a leaf is not an inner node", () => assert.notEqual(toHex(leafHash(utf8("a"))), toHex(sha256(utf8("a")))));

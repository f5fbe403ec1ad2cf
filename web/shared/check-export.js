// @ts-check
/**
 * A whole sale, checked without trusting the house: the same proofs in the same order as in `clients/verifier.py`, then the rules.
 * Takes the text of `export.jsonl`, and what others hold: receipts and remembered checkpoints by name.
 */

import { agrees } from "./agrees.js";
import { Broken, must } from "./broken.js";
import { fromHex, toHex } from "./bytes.js";
import { Chain, digestOf } from "./chain.js";
import { originOf, readCheckpoint, signedByHouse } from "./checkpoint.js";
import { exact } from "./exact.js";
import { readHeader } from "./header.js";
import { root } from "./merkle.js";
import { checkReceipt } from "./receipt.js";
import { Replay } from "./rules-replay.js";

/** Kinds of sales whose rules are not held here, by their announcement. @type {Record<string, string>} */
const UNRULED = { QuotaAnnounced: "quota", OpeningAnnounced: "opening" };

/** What a receipt breaks, by the check that it fails. @type {Record<string, string>} */
const RULES = { command: "command", outcome: "outcome", statement: "statement", path: "path", key: "key", signature: "signature" };

/**
 * @typedef {{verdict: "GOOD" | "BAD", seq: number | null, rule: string | null, evidence: string | null, sale: string, records: number,
 *   head: string, rules: string | null, key: string, unchecked: number, not_judged: Record<string, number>, checkpoint: string | null}} Verdict
 */

/**
 * @param {string} text
 * @param {{key?: string | null, held?: Record<string, string>}} [known] the house's key, known from elsewhere; and what others hold
 * @returns {Promise<Verdict>}
 */
export async function checkExport(text, { key = null, held = {} } = {}) {
  let evidence = "export";
  /** @type {Chain | null} */
  let chain = null;
  /** @type {Replay | null} */
  let replay = null;
  /** @type {Broken | null} */
  let broken = null;
  let note = null;
  /** @type {string | null} */
  let unruled = null;
  let known = key ?? "";
  let sale = "";
  try {
    const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const about = lines.find((line) => line.type === "sale");
    known = key ?? about.key;
    sale = about.sale;
    must(1, "key", about.key === known);
    chain = new Chain(about.sale, known, true);
    const records = lines.filter((line) => line.type === "record");
    await chain.extend(records, lines.filter((line) => line.type === "commit"));
    if (chain.broken) throw chain.broken;
    must(chain.covered + 1, "unsigned", chain.covered === chain.seq);
    must(chain.covered + 1, "place", chain.seq > 0 && chain.seq >= about.seq);
    must(chain.seq, "head", about.head === chain.head);
    const last = lines[lines.length - 1];
    must(chain.seq, "checkpoint", last.type === "checkpoint");
    note = last.note;
    await noted(chain, note, known, sale, true);
    /** @type {Map<number, {command: any, outcome: any}>} */
    const receipts = new Map();
    for (const [name, other] of Object.entries(held)) {
      evidence = name;
      if (!other.trimStart().startsWith("{")) {
        await noted(chain, other, known, sale, false);
        continue;
      }
      const receipt = JSON.parse(other);
      const header = await received(receipt, known);
      const { seq } = header;
      const { headers } = chain;
      must(seq, "sale", header.sale === sale && headers.some(({ epoch }) => epoch === header.epoch));
      must(seq, "drop", seq <= chain.seq);
      must(seq, "fork", digestOf(receipt.header) === chain.digests(seq)[seq - 1]);
      must(seq, "edit", agrees(records[seq - 1], receipt.outcome, false));
      receipts.set(seq, { command: exact(receipt.command), outcome: exact(receipt.outcome) });
    }
    evidence = "export";
    // A quota sale and an opening are held to their proofs, and not judged: all offers are there to be sorted, all envelopes to be opened.
    unruled = records[0].events?.length === 1 ? (UNRULED[records[0].events[0].type] ?? null) : null;
    if (unruled === null) {
      replay = new Replay(records);
      for (const [i, header] of chain.headers.entries()) replay.take(header, records[i], receipts.get(header.seq));
    }
  } catch (error) {
    broken = error instanceof Broken ? error : new Broken(replay?.seq ?? (chain ? chain.seq + 1 : 1), "shape");
  }
  return {
    verdict: broken ? "BAD" : "GOOD",
    seq: broken?.seq ?? null,
    rule: broken?.rule ?? null,
    evidence: broken ? evidence : null,
    sale,
    records: chain?.records ?? 0,
    head: chain?.head ?? "",
    rules: chain?.rules ?? null,
    key: known,
    unchecked: chain?.unchecked ?? 0,
    not_judged: Object.fromEntries(Object.entries(replay?.unjudged ?? (unruled && !broken ? { [unruled]: chain?.records ?? 0 } : {})).filter(([, count]) => count)),
    checkpoint: note,
  };
}

/**
 * A checkpoint must be the house's, and over this very history.
 * @param {Chain} chain
 * @param {string} text
 * @param {string} key
 * @param {string} sale
 * @param {boolean} own the one that closes the export
 */
async function noted(chain, text, key, sale, own) {
  const note = readCheckpoint(text);
  must(0, "checkpoint", note);
  const { size, root: tree, head, at, epoch, origin } = note.checkpoint;
  must(size, "checkpoint", origin === originOf(key, sale));
  must(size, "signature", (await signedByHouse(note, { key, sale })) !== false);
  must(chain.seq + 1, "drop", size <= chain.seq);
  const digests = chain.digests(size);
  const last = chain.headers[size - 1];
  const same = head === digests[size - 1] && at === String(last.recorded_at) && String(epoch) === last.epoch;
  must(size, own ? "checkpoint" : "fork", same && tree === toHex(root(digests.map(fromHex))));
  must(size, "checkpoint", !own || size === chain.seq);
}

/**
 * The header of the record that `receipt` is of, which the house must have signed.
 * @param {any} receipt
 * @param {string} key
 */
async function received(receipt, key) {
  const header = typeof receipt.header === "string" ? readHeader(receipt.header) : null;
  must(0, "spelling", header);
  for (const { check, good } of await checkReceipt(receipt, { key })) must(header.seq, RULES[check], good !== false);
  return header;
}

// @ts-check
/**
 * The record of a sale, checked by whoever reads it: every header by its digest, every digest in the next header, every disclosed outcome against
 * its digest, every commit by its tree and its signature. Nothing of the house's word is taken where it can be computed.
 */

import { agrees } from "./agrees.js";
import { Broken, must } from "./broken.js";
import { fromHex, join, toHex, utf8 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { verified } from "./ed25519.js";
import { exact } from "./exact.js";
import { readHeader } from "./header.js";
import { root } from "./merkle.js";
import { sha256 } from "./sha256.js";

/**
 * @typedef {{header: string, digest: string, outcome?: string, outcome_salt?: string, [more: string]: any}} PublicRecord
 * @typedef {{first: number, last: number, statement: string, signature: string}} Commit
 */

export const NOTHING = "0".repeat(64);

/** @param {string} text */
export function digestOf(text) {
  return toHex(sha256(utf8(text)));
}

/**
 * @param {string} salt hexadecimal
 * @param {string} text
 */
export function saltedDigest(salt, text) {
  return toHex(sha256(join(fromHex(salt), utf8(text))));
}

/**
 * @param {{sale: string, epoch: string | number, first: number, last: number, head: string, root: string, rules: string}} commit
 */
export function statementOf({ sale, epoch, first, last, head, root: tree, rules }) {
  return `luochui commit v1\n${sale}\n${epoch}\n${first}\n${last}\n${head}\n${tree}\n${rules}\n`;
}

/** The parts of a statement, or null where it is none. @param {string} statement */
export function readStatement(statement) {
  const match = /^luochui commit v1\n([^\n]+)\n(0|[1-9][0-9]*)\n(0|[1-9][0-9]*)\n(0|[1-9][0-9]*)\n([0-9a-f]{64})\n([0-9a-f]{64})\n([0-9a-f]{64})\n$/.exec(statement);
  if (!match) return null;
  const [, sale, epoch, first, last, head, tree, rules] = match;
  return { sale, epoch, first: Number(first), last: Number(last), head, root: tree, rules };
}

/** The epoch after `epoch`: a standby was put in force. @param {string} epoch */
const after = (epoch) => String(BigInt(epoch) + 1n);

export class Chain {
  /** Digest of record `n` at `n - 1`. @type {string[]} */
  #digests = [];
  /** Likewise. @type {import("./header.js").Header[]} */
  headers = [];
  /** @type {string | null} */
  #epoch = null;
  #sale;
  #key;
  #strict;
  /** @type {Broken | null} */
  broken = null;
  records = 0;
  commits = 0;
  signed = 0;
  /** Commits whose signature this browser could not check. */
  unchecked = 0;
  /** The last record that a commit covers. */
  covered = 0;
  /** Digest of the rule sheet that the commits name; one for the whole sale. @type {string | null} */
  rules = null;

  /**
   * @param {string} sale
   * @param {string} key hexadecimal
   * @param {boolean} [strict] no commit comes twice, as those do that cross two pages
   */
  constructor(sale, key, strict = false) {
    this.#sale = sale;
    this.#key = key;
    this.#strict = strict;
  }

  get seq() {
    return this.#digests.length;
  }

  /** The digests of the first `size` records. @param {number} size */
  digests(size) {
    return this.#digests.slice(0, size);
  }

  get head() {
    return this.#digests.at(-1) ?? NOTHING;
  }

  /**
   * Takes in the next page. After the first fault nothing more is believed.
   * @param {PublicRecord[]} records
   * @param {Commit[]} commits
   */
  async extend(records, commits) {
    if (this.broken) return;
    try {
      for (const record of records) this.#record(record);
      for (const commit of commits) if (commit.last > this.covered || this.#strict) await this.#commit(commit);
    } catch (error) {
      this.broken = error instanceof Broken ? error : new Broken(this.seq + 1, "shape");
    }
  }

  /** @param {PublicRecord} record */
  #record(record) {
    const seq = this.seq + 1;
    const header = typeof record.header === "string" ? readHeader(record.header) : null;
    must(seq, "spelling", header);
    must(seq, "place", header.seq === seq);
    must(seq, "sale", header.sale === this.#sale && (this.#epoch === null || header.epoch === this.#epoch || header.epoch === after(this.#epoch)));
    must(seq, "digest", digestOf(record.header) === record.digest);
    must(seq, "prev", header.prev === this.head);
    must(seq, "shape", (record.refused ?? null) === null ? "events" in record : !("events" in record));
    if (record.outcome !== undefined && record.outcome !== null) {
      const { outcome, outcome_salt: salt } = record;
      must(seq, "outcome", sound(() => saltedDigest(salt ?? "", outcome) === header.outcome && agrees(record, outcome, true)));
      for (const event of exact(outcome).events ?? []) if ("rules" in event) this.rules = digestOf(canonical(event.rules));
    }
    this.#epoch = header.epoch;
    this.#digests.push(record.digest);
    this.headers.push(header);
    this.records++;
  }

  /** @param {Commit} commit */
  async #commit({ first, last, statement, signature }) {
    const next = this.covered + 1;
    const said = typeof statement === "string" ? readStatement(statement) : null;
    must(next, "spelling", said && said.first >= 1 && said.first <= said.last);
    must(said.first, "statement", said.first === first && said.last === last);
    must(next, "unsigned", first === next && (last <= this.seq || !this.#strict));
    if (last > this.seq) return; // Its records come with the next page, and it comes again with them.
    const digests = this.#digests.slice(first - 1, last);
    must(next, "sale", said.sale === this.#sale && this.headers.slice(first - 1, last).every(({ epoch }) => epoch === said.epoch));
    must(next, "rules", this.rules === null || said.rules === this.rules);
    must(next, "head", said.head === digests[digests.length - 1]);
    must(next, "root", said.root === toHex(root(digests.map(fromHex))));
    const good = await verified({ key: this.#key, text: statement, signature });
    must(next, "signature", good !== false);
    this.rules = said.rules;
    this.commits++;
    if (good) this.signed++;
    else this.unchecked++;
    this.covered = last;
  }
}

/** @param {() => boolean} check */
function sound(check) {
  try {
    return check();
  } catch {
    return false;
  }
}

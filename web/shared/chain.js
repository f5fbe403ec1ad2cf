// @ts-check
/**
 * The record of a sale, checked by whoever reads it: every header by its digest, every digest in the next header, every disclosed outcome against
 * its digest, every commit by its tree and its signature. Nothing of the house's word is taken where it can be computed.
 */

import { fromHex, join, toHex, utf8 } from "./bytes.js";
import { verified } from "./ed25519.js";
import { readHeader } from "./header.js";
import { root } from "./merkle.js";
import { sha256 } from "./sha256.js";

/**
 * @typedef {{header: string, digest: string, outcome?: string, outcome_salt?: string, [more: string]: any}} PublicRecord
 * @typedef {{first: number, last: number, statement: string, signature: string}} Commit
 * @typedef {"spelling" | "sale" | "gap" | "digest" | "prev" | "outcome" | "epoch" | "statement" | "root" | "rules" | "signature" | "cover"} Fault
 * @typedef {{seq: number, fault: Fault}} Broken
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
  const match = /^luochui commit v1\n([^\n]+)\n([^\n]+)\n(\d+)\n(\d+)\n([0-9a-f]{64})\n([0-9a-f]{64})\n([0-9a-f]{64})\n$/.exec(statement);
  if (!match) return null;
  const [, sale, epoch, first, last, head, tree, rules] = match;
  return { sale, epoch, first: Number(first), last: Number(last), head, root: tree, rules };
}

export class Chain {
  /** Digests by seq; the first record's stands at `first`. @type {string[]} */
  #digests = [];
  #first = 0;
  /** @type {string | null} */
  #epoch = null;
  #sale;
  #key;
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
   */
  constructor(sale, key) {
    this.#sale = sale;
    this.#key = key;
  }

  get seq() {
    return this.#first + this.#digests.length - 1;
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
    for (const record of records) {
      if (this.broken) return;
      this.broken = this.#record(record);
    }
    for (const commit of commits) {
      if (this.broken) return;
      if (commit.last <= this.covered && this.commits) continue;
      this.broken = await this.#commit(commit);
    }
  }

  /** @param {PublicRecord} record @returns {Broken | null} */
  #record(record) {
    const expected = this.#digests.length ? this.seq + 1 : null;
    /** @param {Fault} fault @param {number} [seq] */
    const broken = (fault, seq = expected ?? 1) => ({ seq, fault });
    const header = readHeader(record.header);
    if (!header) return broken("spelling");
    if (expected !== null && header.seq !== expected) return broken("gap");
    if (header.sale !== this.#sale) return broken("sale", header.seq);
    if (this.#epoch !== null && header.epoch !== this.#epoch) return broken("epoch", header.seq);
    if (digestOf(record.header) !== record.digest) return broken("digest", header.seq);
    if (header.prev !== this.head) return broken("prev", header.seq);
    if (record.outcome !== undefined && saltedDigest(record.outcome_salt ?? "", record.outcome) !== header.outcome)
      return broken("outcome", header.seq);
    if (expected === null) {
      this.#first = header.seq;
      this.covered = header.seq - 1;
    }
    this.#epoch = header.epoch;
    this.#digests.push(record.digest);
    this.records++;
    return null;
  }

  /** @param {Commit} commit @returns {Promise<Broken | null>} */
  async #commit({ first, last, statement, signature }) {
    /** @param {Fault} fault */
    const broken = (fault) => ({ seq: first, fault });
    if (first !== this.covered + 1 || last < first) return broken("cover");
    if (last > this.seq) return null; // Its records come with the next page, and it comes again with them.
    const digests = this.#digests.slice(first - this.#first, last - this.#first + 1);
    const wanted = {
      sale: this.#sale,
      epoch: /** @type {string} */ (this.#epoch),
      first,
      last,
      head: digests[digests.length - 1],
      root: toHex(root(digests.map(fromHex))),
    };
    const said = readStatement(statement);
    if (said === null || statement !== statementOf({ ...wanted, rules: said.rules })) {
      return broken(said?.head === wanted.head ? "root" : "statement");
    }
    this.rules ??= said.rules;
    if (said.rules !== this.rules) return broken("rules");
    const good = await verified({ key: this.#key, text: statement, signature });
    if (good === false) return broken("signature");
    this.commits++;
    if (good) this.signed++;
    else this.unchecked++;
    this.covered = last;
    return null;
  }
}

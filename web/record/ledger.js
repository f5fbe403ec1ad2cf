// @ts-check
/**
 * The public record, read page by page, checked on the way, and sorted by lot. Knows no DOM.
 *
 * @typedef {import("../shared/frames.js").Event} Event
 * @typedef {{seq: number, arrived_at: bigint, events: Event[], refused: string | null}} Entry
 */

import { Chain } from "../shared/chain.js";
import { readHeader } from "../shared/header.js";
import { disclosedEvents } from "./disclosed.js";

const PAGE = 500;

export class Ledger {
  /** @type {Chain | null} */
  chain = null;
  /** What the house says its last record is. */
  total = 0;
  /** What happened while a lot was on the block, by lot. @type {Map<number, Entry[]>} */
  by_lot = new Map();
  refusals = 0;
  /** @type {"reading" | "read" | "failed"} */
  state = "reading";

  #lot = 0;
  #read;
  #told;
  #reading = false;
  #again = false;

  /**
   * @param {(after: number, limit: number) => Promise<any>} read one page of `/record`
   * @param {() => void} told called after every page
   */
  constructor(read, told) {
    this.#read = read;
    this.#told = told;
  }

  /** Reads on to the end as it stands now. Called again while reading, it reads once more after. */
  async follow() {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#again = false;
        while (await this.#page());
      } while (this.#again);
      this.state = "read";
    } catch {
      this.state = "failed";
    } finally {
      this.#reading = false;
      this.#told();
    }
  }

  /**
   * Where a record stands, if it has been read.
   * @param {number} seq
   * @returns {{lot: number, entry: Entry} | null} lot 0 is what came before the first
   */
  find(seq) {
    for (const [lot, entries] of this.by_lot) {
      const entry = entries.find((each) => each.seq === seq);
      if (entry) return { lot, entry };
    }
    return null;
  }

  /** @returns {Promise<boolean>} whether there is more */
  async #page() {
    const after = this.chain?.records ? this.chain.seq : 0;
    const page = await this.#read(after, PAGE);
    this.chain ??= new Chain(page.sale, page.key);
    if (this.chain.broken) return false;
    this.total = page.seq;
    await this.chain.extend(page.records, page.commits);
    for (const record of page.records) this.#sort(record);
    this.#told();
    return page.records.length > 0 && this.chain.seq < page.seq && !this.chain.broken;
  }

  /** @param {{header: string, events?: Event[], outcome?: string, refused?: {code: string}}} record */
  #sort({ header, events: told = [], outcome, refused }) {
    const read = readHeader(header);
    if (!read) return;
    const events = told.length ? told : disclosedEvents(outcome);
    const opened = events.find((event) => event.type === "LotOpened");
    if (opened) this.#lot = opened.lot;
    if (refused) this.refusals++;
    const entries = this.by_lot.get(this.#lot) ?? [];
    entries.push({ seq: read.seq, arrived_at: read.arrived_at, events, refused: refused?.code ?? null });
    this.by_lot.set(this.#lot, entries);
  }
}

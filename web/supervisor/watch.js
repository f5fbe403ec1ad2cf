// @ts-check
/**
 * What the record tells a supervisor that no frame does: what was refused, and what happened before the page was opened. Folds pages of the
 * record; knows no DOM and no network.
 *
 * @typedef {{seq: number, at_us: number, events: import("../shared/frames.js").Event[]}} Told
 */

import { readHeader } from "../shared/header.js";

export const TOLD_MAX = 60;

export class Watch {
  /** The last record read. */
  seq = 0;
  /** How many were refused, by code. @type {Map<string, number>} */
  refused = new Map();
  /** The newest records with events, newest first. @type {Told[]} */
  told = [];

  get refusals() {
    return [...this.refused.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Codes with their counts, the commonest first. */
  get commonest() {
    return [...this.refused].sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
  }

  /**
   * One page of the record.
   * @param {{records: {header: string, events?: import("../shared/frames.js").Event[], refused?: {code: string}}[]}} page
   */
  fold({ records }) {
    for (const { header, events, refused } of records) {
      const read = readHeader(header);
      if (!read || read.seq <= this.seq) continue;
      this.seq = read.seq;
      if (refused) this.refused.set(refused.code, (this.refused.get(refused.code) ?? 0) + 1);
      else if (events) this.hear({ seq: read.seq, at_us: Number(read.recorded_at / 1000n), events });
    }
  }

  /** What a frame told, or the record: a frame tells officers more and comes first. @param {Told} told */
  hear(told) {
    if (this.told.some(({ seq }) => seq === told.seq)) return;
    this.told = [...this.told, told].sort((a, b) => b.seq - a.seq).slice(0, TOLD_MAX);
  }
}

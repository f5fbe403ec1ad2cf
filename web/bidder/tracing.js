// @ts-check
/** Where a receipt's record stands in the sale's log: found in a signed checkpoint, by a path computed here. */

import { includes, readCheckpoint, signedByHouse } from "../shared/checkpoint.js";
import { readHeader } from "../shared/header.js";

/**
 * @typedef {{checkpoint: () => Promise<string>, inclusion: (seq: number, size: number) => Promise<any>}} Log
 * @typedef {{good: boolean | null, size: number}} Traced
 */

/** A checkpoint follows a record within a second. */
const AGAIN_MS = 700;
const TIMES = 5;

/**
 * @param {import("../shared/frames.js").Receipt} receipt
 * @param {Log} log
 * @param {(ms: number) => Promise<void>} [wait]
 * @returns {Promise<Traced>} `null` where the house did not answer, or this browser cannot check a signature
 */
export async function traced(receipt, log, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))) {
  const header = readHeader(receipt.header);
  if (!header) return { good: false, size: 0 };
  for (let time = 0; time < TIMES; time++) {
    if (time) await wait(AGAIN_MS);
    try {
      const signed = readCheckpoint(await log.checkpoint());
      if (!signed) return { good: false, size: 0 };
      const { size } = signed.checkpoint;
      if (size < header.seq) continue;
      const by_house = await signedByHouse(signed, { key: receipt.key, sale: header.sale });
      const inside = includes(receipt.header, signed.checkpoint, await log.inclusion(header.seq, size));
      return { good: inside ? by_house : false, size };
    } catch {
      continue;
    }
  }
  return { good: null, size: 0 };
}

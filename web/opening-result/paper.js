// @ts-check
/**
 * What the page takes from the record of the opening (开标记录表) that the house hands out once it is over. Knows no DOM.
 *
 * @typedef {{at_us: number, seq: number}} Told
 * @typedef {{bidder: number, name: string, manifest: string, received_at_us: number, received_seq: number | null}} Bid
 * @typedef {{times: Record<string, Told | null>, sections: {section: string, bids: Bid[]}[]}} Paper
 */

import { saleUrl } from "../shared/house.js";
import { spoken } from "../shared/i18n.js";

const STAGES = ["closed", "started", "listed", "unsealing", "unsealed", "read_out", "signing", "ended"];

/** When each step came, in its order, with its record. @param {Paper | null} paper */
export function recordsOf(paper) {
  return STAGES.flatMap((stage) => (paper?.times[stage] ? [{ stage, ...paper.times[stage] }] : []));
}

/** The digest of every envelope on the list, with when it came. @param {Paper | null} paper */
export function digestsOf(paper) {
  return (paper?.sections ?? []).flatMap(({ bids }) =>
    bids.map(({ bidder, name, manifest, received_at_us, received_seq }) => ({ bidder, name, manifest, at_us: received_at_us, seq: received_seq })),
  );
}

/**
 * What can be had to keep: papers once the opening is over, the record itself at any time.
 * @param {string} sale
 * @param {{phase: string} | null | undefined} shown
 * @param {boolean} signs whether there is one with a signature
 */
export function papersOf(sale, shown, signs) {
  const record = { href: saleUrl(sale, "/export.jsonl"), says: "record.export.jsonl" };
  if (shown?.phase !== "closed") return [record];
  const paper = saleUrl(sale, `/papers/opening-record.pdf?lang=${spoken()}`);
  return [
    { href: paper, says: "opening-result.paper" },
    ...(signs ? [{ href: `${paper}&signed=1`, says: "opening-result.signed-paper" }] : []),
    { href: saleUrl(sale, "/papers/opening-record.json"), says: "opening-result.json" },
    record,
  ];
}

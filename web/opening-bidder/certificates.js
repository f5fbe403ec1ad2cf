// @ts-check
/** Shows the house the two certificates of an envelope, which its manifest names by their digests only. */

import { heldToken } from "../shared/address.js";
import { Backoff } from "../shared/backoff.js";
import { canonical } from "../shared/canonical.js";
import { saleUrl } from "../shared/house.js";

const TRIES = 4;

/**
 * Null if they are good, or nobody asks for them; else what the house says. Where nobody answers, submitting says so itself.
 * @param {string} sale
 * @param {import("./kept.js").KeptEnvelope} kept
 * @param {{fetch?: typeof globalThis.fetch, wait?: (ms: number) => Promise<unknown>, token?: string | null}} [how] for tests
 * @returns {Promise<import("../shared/frames.js").Refusal | null>}
 */
export async function showCertificates(sale, { manifest, signing, encryption }, { fetch = globalThis.fetch.bind(globalThis), wait = resting, token = heldToken(sale) } = {}) {
  const backoff = new Backoff();
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const body = canonical({ manifest, signing, encryption });
  for (let round = 0; round < TRIES; round++) {
    const said = await fetch(saleUrl(sale, "/certificates"), { method: "POST", headers, body, cache: "no-store" }).then((answer) => answer.json(), () => null);
    if (said && said.retry !== "after_ms") return "code" in said ? said : null;
    await wait(Math.max(backoff.next_ms(), said?.detail?.after_ms ?? 0));
  }
  return null;
}

/** @param {number} ms */
function resting(ms) {
  return new Promise((go) => setTimeout(go, ms));
}

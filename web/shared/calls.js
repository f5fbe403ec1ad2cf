// @ts-check
/** The auctioneer's calls as a strip of fields that fill one after the other; at the end it says how the lot ended. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { callText } from "./words.js";

/**
 * @param {import("./frames.js").BlockPart} block
 * @param {number} calls as the rule sheet says
 * @param {string} cancelled why the calls were just taken back, as a locale key; empty if they were not
 */
export function callStrip(block, calls, cancelled) {
  if (block.phase !== "open") return html`<p class="calls calls-${block.phase}"><b>${t(`block.${block.phase}`)}</b></p>`;
  return html`<ol class=${cancelled ? "calls calls-cancelled" : "calls"} aria-label=${t("calls.title")}>
    ${Array.from({ length: calls }, (_, i) => field(i + 1, calls, block.calls))}
    ${cancelled ? html`<li class="calls-word"><b>${t(cancelled)}</b></li>` : nothing}
  </ol>`;
}

/**
 * @param {number} n
 * @param {number} calls
 * @param {number} called
 */
function field(n, calls, called) {
  const degree = n === calls ? "last" : n === 1 ? "first" : "middle";
  const state = n <= called ? `call call-${degree}${n === called ? " call-now" : ""}` : "call";
  return html`<li class=${state} aria-current=${n === called ? "step" : nothing}><b>${callText(n)}</b></li>`;
}

// @ts-check
/** The receipt as PDF, which the house prints for its bidder alone: fetched with his token, and saved. */

import { html } from "../vendor/lit.js";
import { heldToken } from "../shared/address.js";
import { saleUrl } from "../shared/house.js";
import { spoken, t } from "../shared/i18n.js";
import { save } from "./save.js";

/** @param {import("../shared/live-page.js").LivePage} page @param {string} section */
export function paperButton(page, section) {
  return html`<button type="button" class="button receipt-paper" @click=${() => void savePaper(page, section)}>${t("obid.receipt.paper")}</button>`;
}

/** @param {import("../shared/live-page.js").LivePage} page @param {string} section */
async function savePaper(page, section) {
  const query = new URLSearchParams({ section, lang: spoken() });
  try {
    const answer = await fetch(saleUrl(page.sale, `/receipt.pdf?${query}`), { headers: { Authorization: `Bearer ${heldToken(page.sale)}` }, cache: "no-store" });
    if (answer.ok) return save(`luochui-${page.sale}-${section}-receipt.pdf`, await answer.blob());
    page.showRefusal(await answer.json());
  } catch {
    return; // The house is away, as the page says already.
  }
  page.requestUpdate();
}

// @ts-check
/** What was read out (开标一览表): every bid at once, as it stood in its envelope. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { inLanguage, t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { timeText } from "../shared/words.js";
import { stateMark } from "./board.js";
import { isOver, isReadOut, sectionsOf, tenderOf } from "./opening.js";
import { amountWords, coefficientText, valueText } from "./words.js";

/**
 * @typedef {import("./opening.js").Row} Row
 * @typedef {import("./opening.js").ListedBidder} ListedBidder
 */

/** Ceiling and coefficient of a section, as far as they are known. @param {import("./opening.js").Section} section @param {import("./opening.js").SectionRules | undefined} rules */
export function sectionFacts({ ceiling_fen, coefficient_permille }, rules) {
  return html`<dl class="section-facts">
    ${rules?.ceiling_told === "none" ? nothing : html`<div><dt>${t("opening.ceiling")}</dt><dd class="money">${ceiling_fen === null ? t("opening.not-yet") : shortYuan(ceiling_fen)}</dd></div>`}
    ${rules?.coefficients.length ? html`<div><dt>${t("opening.coefficient")}</dt><dd class="number">${coefficient_permille === null ? t("opening.not-yet") : coefficientText(coefficient_permille)}</dd></div>` : nothing}
  </dl>`;
}

/**
 * @param {import("./opening.js").Shown} shown
 * @param {{read?: Row | null, onScreen?: (row: Row) => boolean}} [how] `read`: the row that is being read out
 */
export function resultsSheet(shown, { read = null, onScreen = () => true } = {}) {
  const tender = tenderOf(shown);
  if (!tender || !isReadOut(shown)) return nothing;
  return sectionsOf(shown).map((section) => {
    const { failed, envelopes } = section;
    if (failed) return html`<p class="section-failed"><b>${inLanguage(section.title)}</b> ${t("opening.section-failed", { n: envelopes ?? 0 })}</p>`;
    const rows = (section.bidders ?? []).filter(({ bidder }) => onScreen({ section: section.section, bidder }));
    if (!rows.length) return nothing;
    return html`<div class="sheet-head"><h2>${inLanguage(section.title)}</h2>${sectionFacts(section, tender.sections.find((one) => one.section === section.section))}</div>
      <table class="results">
        <caption class="out-of-sight">${t("opening.sheet")} ${inLanguage(section.title)}</caption>
        <thead><tr><th class="right" scope="col">${t("opening.bidder-no")}</th><th scope="col">${t("opening.bidder")}</th>${tender.fields.map(({ title, kind }) => html`<th scope="col" class=${kind === "text" ? "" : "right"}>${inLanguage(title)}</th>`)}<th scope="col">${t("opening.confirmed")}</th></tr></thead>
        <tbody>${repeat(rows, ({ bidder }) => bidder, (bid) => row(tender, bid, !isOver(shown), read?.section === section.section && read.bidder === bid.bidder))}</tbody>
      </table>`;
  });
}

/**
 * @param {import("./opening.js").Tender} tender
 * @param {ListedBidder} bid
 * @param {boolean} asked whether he is still asked to confirm
 * @param {boolean} read
 */
function row(tender, bid, asked, read) {
  const { sheet } = bid;
  return html`<tr class=${read ? "row-read" : ""} aria-current=${read ? "true" : nothing}>
    <td class="right number" data-named=${t("opening.bidder-no")}>${bid.bidder}</td>
    <th scope="row">${bid.name}</th>
    ${sheet
      ? tender.fields.map((field) => html`<td class=${field.kind === "text" ? "" : "right number"} data-named=${inLanguage(field.title)}>
          ${field.name === tender.price ? html`<b class="money">${valueText(field, sheet[field.name])}</b><small class="in-words">${amountWords(sheet[field.name])}</small>` : valueText(field, sheet[field.name])}
          ${bid.flaws.includes(field.name) ? html`<small class="flaw">${t("opening.flaw")}</small>` : nothing}
          ${field.name === tender.price && bid.above_ceiling ? html`<small class="flaw">${t("opening.above-ceiling")}</small>` : nothing}
        </td>`)
      : html`<td colspan=${tender.fields.length} data-named=${t("opening.unsealing")}>${stateMark(bid.state, false)} ${bid.reason ?? ""}</td>`}
    <td data-named=${t("opening.confirmed")}>${bid.confirmed_at_us === null ? html`<span class="muted">${sheet ? t(asked ? "opening.not-confirmed" : "opening.unconfirmed") : "—"}</span>` : html`<span class="good">✓ <time>${timeText(bid.confirmed_at_us)}</time></span>`}</td>
  </tr>`;
}

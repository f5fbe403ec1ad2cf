// @ts-check
/** The screen of an opening as it was, for the replay: its way, and what stood below it then. */

import { html, nothing } from "../vendor/lit.js";
import { boardFigures, boardTable } from "../opening/board.js";
import { isListed, isReadOut, objectionsOf, openingOf, tenderOf } from "../opening/opening.js";
import { tenderSentences } from "../opening/rules.js";
import { resultsSheet } from "../opening/sheet.js";
import { openingStepper } from "../opening/stepper.js";
import { inLanguage, t } from "../shared/i18n.js";

/** @param {import("../shared/store.js").Store} store @param {number} now_us what the clock of the hall showed */
export function openingThen(store, now_us) {
  return html`<div class="floor opening-floor">${openingStepper(store)} ${isReadOut(store) ? results(store) : isListed(store) ? board(store, now_us) : before(store)}</div>
    <div class="seal"><span>${t("opening.root")} <span class="code">${openingOf(store)?.root?.slice(0, 16) ?? "—"}</span></span>
      ${openingOf(store)?.report ? html`<span>${t("opening.report")} <span class="code">${openingOf(store)?.report?.slice(0, 16)}</span></span>` : nothing}</div>`;
}

/** @param {import("../shared/store.js").Store} store */
function before(store) {
  const tender = tenderOf(store);
  return html`<section class="before"><h2>${store.sale ? inLanguage(store.sale.title) : ""}</h2>
    <ul>${tender ? tenderSentences(tender).map((sentence) => html`<li>${sentence}</li>`) : nothing}</ul></section>`;
}

/** @param {import("../shared/store.js").Store} store @param {number} now_us */
function board(store, now_us) {
  return html`<section class="panel rolls">${boardFigures(store, now_us)}<div class="roll" tabindex="0">${boardTable(store)}</div></section>`;
}

/** @param {import("../shared/store.js").Store} store */
function results(store) {
  const objections = objectionsOf(store);
  return html`<section class="panel rolls"><div class="roll" tabindex="0">${resultsSheet(store)}</div>
    <p class="under">${objections.length ? t("opening.objections.so-far", { n: objections.length, open: objections.filter(({ answer }) => answer === null).length }) : t("opening.objections.none")}</p></section>`;
}

// @ts-check
/** The sale in figures: top lot, turnover, premium, lots sold. */

import { html } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { priceText } from "./words.js";

/**
 * @param {import("./store.js").Store} store
 * @param {string} [named] how it is called, where a page shows two
 */
export function figuresStrip({ figures, sale }, named = t("figures.title")) {
  const top = figures?.top;
  return html`<section class="figures" aria-label=${named}>
    <div class="figure figure-top">
      <span class="figure-name">${t("figures.top")}</span>
      ${top
        ? html`<lc-plate class="plate-small" .plate=${top.plate}></lc-plate><b class="money">${shortYuan(top.hammer_fen)}</b>`
        : html`<b class="figure-none">—</b>`}
    </div>
    ${figure("figures.turnover", figures ? priceText(figures.turnover_fen) : "—")}
    ${figure("figures.premium", figures?.premium ?? "—")}
    ${figure("figures.sold", figures && sale ? html`${figures.sold}<i> / ${sale.lots}</i>` : "—", figures && t("figures.channels", { hall: figures.hall_sold, online: figures.online_sold }))}
  </section>`;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} [more]
 */
function figure(name, value, more = "") {
  return html`<div class="figure"><span class="figure-name">${t(name)}</span><b class="money">${value}</b><small>${more}</small></div>`;
}

// @ts-check
/** Every lot of the sale with how it stands. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { whoText } from "./words.js";

/**
 * @param {import("./live-page.js").LivePage} page
 * @param {(lot: import("./frames.js").LotPart) => unknown} [act] what may be done with a lot from here
 */
export function lotsPanel({ store: { lots } }, act = () => nothing) {
  return html`<section class="panel lots">
    <h2>${t("rostrum.lots")} <small>${t("next.count", { n: lots.filter((lot) => lot.phase === "waiting").length })}</small></h2>
    <ol tabindex="0">
      ${repeat(lots, (lot) => lot.lot, (lot) => html`<li class="row row-${lot.phase}">
        <span class="number row-no">${lot.lot}</span>
        <lc-plate class="plate-small" .plate=${lot.plate}></lc-plate>
        <span class="row-price"><b class="money">${shortYuan(lot.hammer_fen ?? lot.opening_fen)}</b><small>${stands(lot)}</small></span>
        ${act(lot)}
      </li>`)}
    </ol>
  </section>`;
}

/** Brings the lot on the block into sight, with the two before it, once for each lot. @param {import("./live-page.js").LivePage} page */
export function showLot(page) {
  const { block, lots } = page.store;
  const list = /** @type {HTMLElement | null} */ (page.querySelector(".lots ol"));
  const lot = String(block?.lot ?? "");
  if (!list || list.dataset.shown === lot) return;
  list.dataset.shown = lot;
  const at = lots.findIndex((one) => one.lot === block?.lot);
  const row = list.children[Math.max(0, at - 2)];
  if (row) list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top;
}

/** @param {import("./frames.js").LotPart} lot */
function stands(lot) {
  const said = [
    lot.phase === "waiting" ? t("price.opening") : t(`lot.${lot.phase}`),
    lot.who ? whoText(lot.who) : "",
    (lot.round ?? 1) > 1 ? t("lot.round", { n: lot.round ?? 1 }) : "",
    lot.reserve && lot.reserve !== "none" && lot.phase !== "sold" ? t(lot.phase === "waiting" ? "reserve.secret" : `reserve.${lot.reserve}`) : "",
  ];
  return said.filter(Boolean).join(" · ");
}

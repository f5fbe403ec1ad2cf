// @ts-check
/** What stands beside the lot: last bids, next lots, the sale so far, the way to the record. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { channelText, priceText, whoText } from "../shared/words.js";

const BIDS_SHOWN = 6;
const NEXT_SHOWN = 3;

/** @typedef {import("../shared/store.js").Store} Store */

/** @param {Store} store */
export function lastBids({ block }) {
  const bids = block?.bids ?? [];
  return html`<section class="panel last-bids">
    <h2>${t("bids.title")} <small>${t("bids.count", { n: block?.bid_count ?? 0 })}</small></h2>
    ${bids.length ? html`<ol>${bids.slice(0, BIDS_SHOWN).map(bidRow)}</ol>` : html`<p class="empty">${t("bids.none")}</p>`}
  </section>`;
}

/** @param {import("../shared/frames.js").Bid} bid */
function bidRow(bid) {
  const amount = shortYuan(bid.amount_fen);
  return html`<li class=${bid.voided ? "bid-voided" : ""}>
    <span class="bid-who">${whoText(bid.who)}</span>
    <span class="bid-channel">${bid.voided ? t("bids.voided") : channelText(bid.channel)}</span>
    <b class="money">${bid.voided ? html`<s>${amount}</s>` : amount}</b>
  </li>`;
}

/** @param {Store} store */
function waiting({ lots }) {
  return lots.filter((lot) => lot.phase === "waiting");
}

/**
 * @param {Store} store
 * @param {number} most
 */
export function nextLots(store, most) {
  const lots = waiting(store);
  return html`<section class=${store.block ? "panel next-lots" : "panel next-lots next-alone"}>
    <h2>${t("next.title")} <small>${t("next.count", { n: lots.length })}</small></h2>
    ${lots.length ? html`<ol>${lots.slice(0, most).map((lot) => row(lot, lot.opening_fen))}</ol>` : html`<p class="empty">${t("next.none")}</p>`}
  </section>`;
}

/**
 * @param {import("../shared/frames.js").LotPart} lot
 * @param {number} fen
 */
function row(lot, fen) {
  return html`<li><span class="next-no">${lot.lot}</span><lc-plate class="plate-small" .plate=${lot.plate}></lc-plate><b class="money">${shortYuan(fen)}</b></li>`;
}

/** Between two lots, in the place of the figures: what comes next. @param {Store} store */
export function nextStrip(store) {
  const lots = waiting(store);
  return html`<section class="figures next-strip" aria-label=${t("next.title")}>
    <div class="figure"><span class="figure-name">${t("next.title")}<br><small>${t("next.count", { n: lots.length })}</small></span></div>
    ${lots.slice(0, NEXT_SHOWN).map((lot) => html`<div class="figure"><i class="number">${lot.lot}</i><lc-plate class="plate-small" .plate=${lot.plate}></lc-plate><b class="money">${shortYuan(lot.opening_fen)}</b></div>`)}
  </section>`;
}

/** Between two lots: the sale so far. @param {Store} store */
export function summary({ figures, sale }) {
  const top = figures?.top;
  return html`<section class="panel summary" aria-label=${t("figures.title")}>
    <h2>${t("figures.title")}</h2>
    <dl>
      <div class="summary-top"><dt>${t("figures.top")}</dt><dd>${top ? html`<lc-plate .plate=${top.plate}></lc-plate><b class="money">${shortYuan(top.hammer_fen)}</b>` : "—"}</dd></div>
      <div><dt>${t("figures.turnover")}</dt><dd class="money">${figures ? priceText(figures.turnover_fen) : "—"}</dd></div>
      <div><dt>${t("figures.premium")}</dt><dd class="money">${figures?.premium ?? "—"}</dd></div>
      <div><dt>${t("lot.sold")} / ${t("lot.passed")}</dt><dd class="number">${sale ? `${sale.sold} / ${sale.passed}` : "—"}</dd></div>
    </dl>
  </section>`;
}

/**
 * After the last hammer: what was sold, dearest first.
 * @param {Store} store
 * @param {number} most
 */
export function results({ lots }, most) {
  const sold = lots.filter((lot) => lot.hammer_fen !== null).sort((a, b) => (b.hammer_fen ?? 0) - (a.hammer_fen ?? 0));
  return html`<section class="panel next-lots next-alone">
    <h2>${t("hall.results")} <small>${t("hall.lots", { n: sold.length })}</small></h2>
    ${sold.length ? html`<ol>${sold.slice(0, most).map((lot) => row(lot, lot.hammer_fen ?? 0))}</ol>` : html`<p class="empty">${t("hall.no-results")}</p>`}
  </section>`;
}

/** The public record, for a telephone held up to the wall; the picture is made by the house. */
export function recordCode() {
  return html`<a class="panel record-code" href="record"><img src="record.svg" alt=""><span>${t("hall.scan")}</span></a>`;
}

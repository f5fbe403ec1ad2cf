// @ts-check
/** The lot on the block as officers see it: price, leader, calls or countdown, reserve, and what the hammer still waits for. */

import { html, keyed, nothing } from "../vendor/lit.js";
import { callStrip } from "./calls.js";
import "./countdown.js";
import { t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { openings } from "./openings.js";
import { channelText, classText, priceName, priceText, spelledOut, timeText, whoNumber, whoText } from "./words.js";

/** @param {import("./live-page.js").LivePage} page */
export function blockPanel(page) {
  const { store } = page;
  if (store.rules?.timed?.advance === "together") return openPanel(page);
  const { block } = store;
  if (!block) return html`<section class="panel block block-none"><p>${t(store.sale ? "rostrum.no-lot" : "hall.connecting")}</p></section>`;
  const price = block.price_fen ?? block.opening_fen;
  return html`<section class="panel block block-${block.phase}" aria-label=${t("block.title")}>
    <div class="block-lot">
      <lc-plate .plate=${block.plate}></lc-plate>
      <p><b>${t("lot.no", { n: block.lot })}</b> <span class="muted">${block.classes.slice(0, 3).map(classText).join(" · ")}</span></p>
      <p class="muted">${t("price.opening")} <span class="money">${shortYuan(block.opening_fen)}</span> · ${t("bids.count", { n: block.bid_count ?? 0 })}</p>
      ${block.reserve && block.reserve !== "none" ? html`<p class="reserve reserve-${block.reserve}">${t(`reserve.${block.reserve}`)}</p>` : nothing}
    </div>
    <div class="block-price">
      <p class="muted">${t(priceName(block))}</p>
      ${keyed(price, html`<p class="price-now money">${shortYuan(price)}</p>`)}
      <p class="price-words">${spelledOut(price)}</p>
      <p class="muted">${t("price.asked")} <b class="money asked">${block.phase === "open" ? priceText(block.asked_fen) : "—"}</b></p>
    </div>
    <div class="block-leader">
      <p class="muted">${t(block.phase === "sold" ? "leader.buyer" : "leader.title")}</p>
      <p class="paddle" aria-label=${whoText(block.leader)}>${block.leader ? whoNumber(block.leader) : "—"}</p>
      <p>${block.leader_channel ? channelText(block.leader_channel) : html`&nbsp;`}</p>
    </div>
    ${block.closes_at_us && block.phase === "open"
      ? html`<lc-countdown class="block-clock" .block=${block} .connection=${page.connection} .paused=${store.sale?.phase === "suspended"}></lc-countdown>`
      : callStrip(block, store.rules?.calls ?? 3, "")}
  </section>`;
}

/** Many lots at once. @param {import("./live-page.js").LivePage} page */
function openPanel({ store, connection }) {
  return html`<section class="panel open-lots" aria-label=${t("openings.title")}><h2>${t("openings.title")}</h2>
    <ol tabindex="0">${openings(store).map(
      (one) => html`<li><b>${one.plate}</b><span class="money">${priceText(one.price_fen ?? one.asked_fen)}</span><span>${whoText(one.leader)}</span>
        <lc-countdown .block=${one} .connection=${connection} .paused=${store.sale?.phase === "suspended"}></lc-countdown></li>`,
    )}</ol></section>`;
}

/** The last bids, those voided struck through. @param {import("./live-page.js").LivePage} page */
export function bidsPanel({ store }) {
  const bids = store.block?.bids ?? openings(store).flatMap((one) => one.bids).sort((a, b) => b.at_us - a.at_us);
  return html`<h2>${t("bids.title")} <small>${t("bids.count", { n: store.block?.bid_count ?? bids.length })}</small></h2>
    ${bids.length
      ? html`<ol class="log-bids">${bids.slice(0, 6).map((bid) => html`<li class=${bid.voided ? "voided" : nothing}><time>${timeText(bid.at_us)}</time><span>${bid.no ? `${bid.no} · ` : ""}${whoText(bid.who)} · ${channelText(bid.channel)}${bid.voided ? html` · <b>${t("bids.voided")}</b>` : nothing}</span><b class="money">${shortYuan(bid.amount_fen)}</b></li>`)}</ol>`
      : html`<p class="empty">${t("bids.none")}</p>`}`;
}

/** The newest announcement, for as long as there is one. @param {import("./live-page.js").LivePage} page @param {(both: {zh: string, en: string}) => string} say */
export function announcedPanel({ store }, say) {
  return store.announcement ? html`<p class="panel announced announced-${store.announcement.kind}"><time>${timeText(store.announcement.at_us)}</time> ${say(store.announcement)}</p>` : nothing;
}

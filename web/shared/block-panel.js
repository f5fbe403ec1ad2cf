// @ts-check
/** The lot on the block as officers see it: price, leader, calls or countdown, reserve, and what the hammer still waits for. */

import { html, keyed, nothing } from "../vendor/lit.js";
import { callStrip } from "./calls.js";
import "./countdown.js";
import { inLanguage, t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { allTogether, biddingOf, openings } from "./openings.js";
import { channelText, classText, priceName, priceText, spelledOut, timeText, whoNumber, whoText } from "./words.js";

const BIDS_SHOWN = 5;

/** @param {import("./live-page.js").LivePage} page */
export function blockPanel(page) {
  const { store } = page;
  if (allTogether(store)) return openPanel(page);
  const { block } = store;
  if (!block) return html`<section class="panel block block-none"><p>${t(store.sale ? "rostrum.no-lot" : "hall.connecting")}</p></section>`;
  const price = block.price_fen ?? block.opening_fen;
  return html`<section class="panel block block-${block.phase}" aria-label=${t("block.title")}>
    <div class="block-lot">
      <lc-plate .plate=${block.plate}></lc-plate>
      <p><b>${t("lot.no", { n: block.lot })}</b> <span class="muted">${block.classes.slice(0, 3).map(classText).join(" · ")}</span></p>
      <p class="muted">${t("price.opening")} <span class="money">${shortYuan(block.opening_fen)}</span> · ${t("bids.count", { n: block.bid_count ?? 0 })}</p>
      <p>${reserveText(block)}${(block.round ?? 1) > 1 ? ` · ${t("lot.round", { n: block.round ?? 1 })}` : ""}</p>
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

/** Many lots at once; the one that bids of the hall are entered for is marked. @param {import("./live-page.js").LivePage & {chosen?: number | null}} page */
function openPanel(page) {
  const { store, connection } = page;
  const lot = biddingOf(store, page.chosen ?? null)?.lot;
  return html`<section class="panel open-lots" aria-label=${t("openings.title")}><h2>${t("openings.title")} <small>${openings(store).length}</small></h2>
    <ol tabindex="0">${openings(store).map(
      (one) => html`<li class=${one.lot === lot && store.welcome?.role === "clerk" ? "open-lot open-lot-chosen" : "open-lot"}><span class="number">${one.lot}</span><b>${one.plate}</b>
        <span class="money">${priceText(one.price_fen ?? one.asked_fen)}</span><span class="open-lot-who">${one.leader ? `${whoText(one.leader)} · ${channelText(one.leader_channel ?? "online")}` : t("leader.waiting")}</span>
        ${reserveText(one)}<lc-countdown .block=${one} .connection=${connection} .paused=${store.sale?.phase === "suspended"}></lc-countdown></li>`,
    )}</ol></section>`;
}

/** @param {import("./frames.js").BlockPart} block */
function reserveText({ reserve }) {
  return html`<span class="reserve reserve-${reserve ?? "none"}">${t(`gate.reserve.${reserve ?? "none"}`)}</span>`;
}

/**
 * The last bids, those voided struck through.
 * @param {import("./live-page.js").LivePage} page
 * @param {unknown} voids what stands on top: whether one is being voided
 */
export function bidsPanel({ store }, voids) {
  const open = openings(store);
  const many = allTogether(store);
  const bids = many ? open.flatMap(({ lot, bids }) => bids.map((bid) => ({ ...bid, lot }))).sort((a, b) => b.at_us - a.at_us) : (store.block?.bids ?? []).map((bid) => ({ ...bid, lot: 0 }));
  return html`<h2>${t("bids.title")} <small>${t("bids.count", { n: many ? bids.length : (store.block?.bid_count ?? 0) })}</small></h2>
    ${voids}
    <ol class="log-bids">
      ${bids.length ? nothing : html`<li class="muted">${t("bids.none")}</li>`}
      ${bids.slice(0, BIDS_SHOWN).map((bid) => html`<li class=${bid.voided ? "voided" : nothing}><time>${timeText(bid.at_us)}</time>
        <span>${bid.lot ? html`<b>${bid.lot}</b> ` : nothing}${bid.no ? `#${bid.no} ` : ""}${whoText(bid.who)} · ${channelText(bid.channel)}${bid.basis && bid.basis !== "bid" ? ` · ${t(`basis.${bid.basis}`)}` : ""}${bid.voided ? html` · <b>${t("bids.voided")}</b>` : nothing}</span>
        <b class="money">${shortYuan(bid.amount_fen)}</b></li>`)}
    </ol>`;
}

/** The newest announcement. Always there, so that nothing moves when one is made. @param {import("./live-page.js").LivePage} page */
export function announcedPanel({ store: { announcement } }) {
  return html`<section class="panel announced announced-${announcement?.kind ?? "none"}">
    <h2>${t("announced.title")} <small>${announcement ? html`<time>${timeText(announcement.at_us)}</time>` : nothing}</small></h2>
    <p tabindex="0">${announcement ? inLanguage(announcement) : t("announced.none")}</p>
  </section>`;
}

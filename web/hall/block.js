// @ts-check
/** One lot, large: plate, price, leader, and how near the end is. The same boxes in every phase, so that nothing jumps. */

import { html, keyed, nothing } from "../vendor/lit.js";
import { callStrip } from "../shared/calls.js";
import { inLanguage, t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { channelText, classText, priceName, priceText, spelledOut, timeText, whoNumber, whoText } from "../shared/words.js";

/** @typedef {import("../shared/frames.js").BlockPart} Block */

/**
 * @param {import("../shared/store.js").Store} store with a lot on the block
 * @param {import("../shared/socket.js").Connection} connection
 * @param {string} word what was just said and fades, as a locale key
 */
export function lotOnBlock(store, connection, word) {
  const block = /** @type {Block} */ (store.block);
  const price = block.price_fen ?? block.opening_fen;
  return html`<section class="block block-${block.phase}" aria-label=${t("block.title")}>
    ${lot(block)}
    <div class="standing">
      <div class="price">
        <p class="name">${t(priceName(block))} ${reserveMark(block.reserve)}</p>
        ${keyed(price, html`<p class="price-now ${sizeOf(shortYuan(price))} money ${block.price_fen === null ? "price-waiting" : ""}">${shortYuan(price)}</p>`)}
        <p class="price-words">${spelledOut(price)}</p>
      </div>
      ${leader(block)}
    </div>
    ${ending(store, block, connection, word)}
  </section>`;
}

/** @param {Block} block */
function lot(block) {
  const open = block.phase === "open";
  return html`<div class="lot">
    <lc-plate .plate=${block.plate}></lc-plate>
    <div class="lot-facts">
      <p class="lot-no">${t("lot.no", { n: block.lot })}${(block.round ?? 1) > 1 ? html` <small>${t("lot.round", { n: block.round ?? 1 })}</small>` : nothing}</p>
      <p class="classes">${block.classes.slice(0, 3).map((code) => html`<span>${classText(code)}</span>`)}</p>
      <dl>
        <div><dt>${t("price.opening")}</dt><dd class="money">${shortYuan(block.opening_fen)}</dd></div>
        <div><dt>${t("price.step")}</dt><dd class="money">${shortYuan(block.step_fen)}</dd></div>
        <div class="asked"><dt>${t("price.asked")}</dt><dd class="money">${open ? priceText(block.asked_fen) : "—"}</dd></div>
      </dl>
    </div>
  </div>`;
}

/** Whether the price has reached the reserve (保留价); nothing where there is none. @param {import("../shared/frames.js").Reserve | undefined} reserve */
export function reserveMark(reserve) {
  if (!reserve || reserve === "none") return nothing;
  return html`<span class="reserve reserve-${reserve}"><i aria-hidden="true">${{ secret: "◐", unmet: "○", met: "●" }[reserve]}</i> ${t(`reserve.${reserve}`)}</span>`;
}

/** So large that the longest price still fits. @param {string} text */
function sizeOf(text) {
  if (text.length > 12) return "price-longest";
  return text.length > 10 ? "price-long" : "";
}

/** @param {Block} block */
function leader({ leader, leader_channel, phase }) {
  if (!leader) return html`<div class="leader leader-none"><p class="name">${t("leader.title")}</p><p class="leader-wait">${t(phase === "open" ? "leader.waiting" : "leader.nobody")}</p></div>`;
  const number = String(whoNumber(leader));
  return html`<div class="leader">
    <p class="name">${t(phase === "sold" ? "leader.buyer" : "alias" in leader ? "leader.alias" : "leader.paddle")}</p>
    ${keyed(JSON.stringify(leader), html`<p class="paddle ${number.length > 3 ? "paddle-long" : ""}"><span class="out-of-sight">${whoText(leader)}</span><span aria-hidden="true">${number}</span></p>`)}
    ${leader_channel ? html`<p class="channel channel-${leader_channel}">${channelText(leader_channel)}</p>` : nothing}
  </div>`;
}

/**
 * @param {import("../shared/store.js").Store} store
 * @param {Block} block
 * @param {import("../shared/socket.js").Connection} connection
 * @param {string} word
 */
function ending(store, block, connection, word) {
  if (store.sale?.phase === "suspended" && block.phase === "open") return suspension(store);
  if (block.phase !== "open" || store.rules?.mode !== "timed") return callStrip(block, store.rules?.calls ?? 3, word);
  return html`<div class="calls calls-timed">
    <lc-countdown .block=${block} .connection=${connection}></lc-countdown>
  </div>`;
}

/** Why nobody may bid now, since when, and whose word it is. @param {import("../shared/store.js").Store} store @param {string} [says] what it is called */
export function suspension({ sale, parts }, says = "hall.suspended") {
  /** @type {import("../shared/frames.js").AnnouncementPart | null | undefined} */
  const said = parts.announcement;
  const at_us = sale?.suspended_at_us ?? (said?.kind === "suspended" ? said.at_us : null);
  return html`<div class="calls suspension" role="alert">
    <p><b><i aria-hidden="true">❚❚</i> ${t(says)}</b>${at_us ? html` <span>${t("hall.since", { at: timeText(at_us) })}</span>` : nothing}</p>
    <p class="suspension-why">${said?.kind === "suspended" ? inLanguage(said) : sale?.suspended}</p>
  </div>`;
}

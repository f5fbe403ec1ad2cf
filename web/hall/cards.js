// @ts-check
/** Lots that are open together, a card each. */

import { html, repeat } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { channelText, priceName, whoText } from "../shared/words.js";
import { reserveMark, suspension } from "./block.js";
import { CARDS_MAX, turnOf } from "./turns.js";

/** @typedef {import("../shared/frames.js").BlockPart} Block */

/**
 * @param {Block[]} open
 * @param {import("../shared/store.js").Store} store
 * @param {import("../shared/socket.js").Connection} connection
 */
export function cards(open, store, connection) {
  const paused = store.sale?.phase === "suspended";
  const { page, pages, shown } = turnOf(open, connection.clock.house_us());
  return html`<section class="cards cards-${columns(Math.min(open.length, CARDS_MAX))}" aria-label=${t("cards.title", { n: open.length })}>
    ${paused ? suspension(store) : html`<h2>${t("cards.title", { n: open.length })} <small>${pages > 1 ? `${page + 1} / ${pages}` : ""}</small></h2>`}
    <ol>${repeat(shown, (block) => block.lot, (block) => card(block, connection, paused))}</ol>
  </section>`;
}

/** @param {number} count */
function columns(count) {
  return count <= 2 ? "two" : count <= 6 ? "three" : "four";
}

/**
 * @param {Block} block
 * @param {import("../shared/socket.js").Connection} connection
 * @param {boolean} paused
 */
function card(block, connection, paused) {
  const { leader, leader_channel } = block;
  return html`<li class="panel card">
    <p class="card-head"><b class="number">${block.lot}</b><lc-plate class="plate-small" .plate=${block.plate}></lc-plate>${reserveMark(block.reserve)}</p>
    <p class="card-price money ${block.price_fen === null ? "price-waiting" : ""}"><span class="out-of-sight">${t(priceName(block))}</span>${shortYuan(block.price_fen ?? block.opening_fen)}</p>
    <p class="card-leader">${leader ? html`${whoText(leader)}${leader_channel ? ` · ${channelText(leader_channel)}` : ""}` : t("leader.waiting")}</p>
    <lc-countdown .block=${block} .connection=${connection} .paused=${paused}></lc-countdown>
  </li>`;
}

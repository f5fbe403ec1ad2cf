// @ts-check
/** What hangs in the hall, drawn from a picture of the sale: by the hall's own page, and wherever the hall is shown as it was. */

import { html, nothing } from "../vendor/lit.js";
import "../shared/countdown.js";
import { figuresStrip } from "../shared/figures.js";
import { t } from "../shared/i18n.js";
import { lotOnBlock } from "./block.js";
import { cards } from "./cards.js";
import { curtain } from "./curtain.js";
import { lastBids, nextLots, nextStrip, recordCode, results, summary } from "./panels.js";
import { allAtOnce } from "./turns.js";

/** @typedef {import("../shared/store.js").Store} Store */
/** @typedef {import("../shared/socket.js").Connection} Connection */

/** As many plates as a column of the wall holds: alone, and below the bids. */
const ROWS = { alone: 8, bidding: 2 };

/**
 * The floor: the lot or lots, and what stands beside.
 * @param {Store} store
 * @param {Connection} connection whose clock counts
 * @param {string} word what was just said and fades, as a locale key
 */
export function floor(store, connection, word) {
  const open = allAtOnce(store);
  if (open.length) return cards(open, store, connection);
  return html`${store.block && running(store) ? lotOnBlock(store, connection, word) : curtain(store)}<aside>${beside(store)}</aside>`;
}

/**
 * Below the floor: the figures; between two lots what comes next.
 * @param {Store} store
 * @param {string} [named] what the figures are called
 */
export function strip(store, named) {
  return between(store) ? nextStrip(store) : figuresStrip(store, named);
}

/** Under which rules, and after which record. @param {Store} store */
export function sealed(store) {
  return html`<span>${t("hall.rules")} <span class="code">${store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
    <span>${t("hall.head")} <span class="code">${store.seq ? `${store.seq} · ${store.head.slice(0, 16)}` : "—"}</span></span>`;
}

/** @param {Store} store */
function beside(store) {
  if (!running(store)) return html`${results(store, ROWS.alone)} ${recordCode()}`;
  if (between(store)) return html`${summary(store)} ${recordCode()}`;
  if (store.block) return html`${lastBids(store)} ${nextLots(store, ROWS.bidding)} ${recordCode()}`;
  return html`${nextLots(store, ROWS.alone)} ${store.sale ? recordCode() : nothing}`;
}

/** @param {Store} store */
function running({ sale }) {
  return sale?.phase !== "closed";
}

/** Whether one lot is over and the next not open yet. @param {Store} store */
function between(store) {
  return running(store) && !allAtOnce(store).length && store.block !== null && store.block.phase !== "open";
}

// @ts-check
/**
 * Voiding a bid (撤销出价): one officer proposes in two strokes, another agrees in two. `v` and a reason; `v` and Enter. Nothing is erased.
 */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { openings } from "./openings.js";
import { channelText, spelledOut, whoText } from "./words.js";

/** The reasons there are, in the order of their keys. */
export const VOID_REASONS = /** @type {const} */ (["miskeyed", "wrong_paddle", "not_entitled", "technical"]);

const BIDS_SHOWN = 5;

/**
 * The bids that may be voided, newest first, each with its lot.
 * @param {import("./openings.js").Shown} shown
 */
export function voidable(shown) {
  return openings(shown).flatMap((block) => block.bids.filter(({ voided }) => !voided).map((bid) => ({ lot: block.lot, bid }))).slice(0, BIDS_SHOWN);
}

/** The void that waits for its second officer. @param {import("./openings.js").Shown} shown */
export function pendingVoid(shown) {
  const block = openings(shown).find((one) => one.void);
  return block?.void ? { lot: block.lot, bid: block.void } : null;
}

export class Voids extends LitElement {
  static properties = { page: { attribute: false }, asking: { state: true }, chosen: { state: true } };

  constructor() {
    super();
    /** @type {import("./live-page.js").LivePage | null} */
    this.page = null;
    this.asking = false;
    this.chosen = 0;
  }

  createRenderRoot() {
    return this;
  }

  /** Opens the question, for the key. */
  ask() {
    const { store } = /** @type {import("./live-page.js").LivePage} */ (this.page);
    if (!pendingVoid(store) && !voidable(store).length) return;
    this.chosen = 0;
    this.asking = true;
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (this.asking && dialog && !dialog.open) dialog.showModal();
  }

  render() {
    if (!this.page) return nothing;
    const { store } = this.page;
    const pending = pendingVoid(store);
    const bids = voidable(store);
    return html`${pending ? this.#waiting(pending) : html`<button class="button button-small" ?disabled=${!bids.length || !this.page.connection.live} @click=${() => this.ask()}><kbd>v</kbd> ${t("void.propose")}</button>`}
      ${this.asking ? (pending ? this.#confirm(pending) : this.#propose(bids)) : nothing}`;
  }

  /** @param {NonNullable<ReturnType<typeof pendingVoid>>} pending */
  #waiting({ lot, bid }) {
    return html`<p class="void-waiting" role="status"><b>${t("void.waiting", { lot, no: bid.no, amount: shortYuan(bid.amount_fen), who: whoText(bid.who) })}</b>
      <button class="button button-small" @click=${() => this.ask()}><kbd>v</kbd> ${t("void.settle")}</button></p>`;
  }

  /** @param {ReturnType<typeof voidable>} bids */
  #propose(bids) {
    return html`<dialog class="sheet voiding" aria-labelledby="void-title" @close=${this.#closed} @keydown=${this.#key}>
      <h2 id="void-title">${t("void.which")}</h2>
      <ol class="void-bids">${bids.map(
        ({ lot, bid }, n) => html`<li><button class="button" aria-pressed=${n === this.chosen} @click=${() => (this.chosen = n)}>
          ${t("void.bid", { lot, no: bid.no ?? 0 })} · ${whoText(bid.who)} · ${channelText(bid.channel)} <b class="money">${shortYuan(bid.amount_fen)}</b></button></li>`,
      )}</ol>
      <p class="void-words">${bids[this.chosen] ? spelledOut(bids[this.chosen].bid.amount_fen) : nothing}</p>
      <h3>${t("void.why")}</h3>
      <div class="choices void-reasons">${VOID_REASONS.map((reason, n) => html`<button class="button" ?autofocus=${n === 0} @click=${() => this.#send(reason)}><kbd>${n + 1}</kbd> ${t(`void.reason.${reason}`)}</button>`)}</div>
      <div class="choices"><button class="button" @click=${this.#close}>${t("cancel")}</button></div>
    </dialog>`;
  }

  /** @param {NonNullable<ReturnType<typeof pendingVoid>>} pending */
  #confirm({ lot, bid }) {
    return html`<dialog class="sheet voiding" aria-labelledby="void-title" @close=${this.#closed} @keydown=${this.#key}>
      <h2 id="void-title">${t("void.confirm")}</h2>
      <p class="confirm-amount money">${shortYuan(bid.amount_fen)}</p>
      <p>${spelledOut(bid.amount_fen)}</p>
      <p>${t("void.bid", { lot, no: bid.no })} · ${whoText(bid.who)} · ${t(`void.reason.${bid.reason}`)} · ${t("void.by", { role: t(`role.${bid.by}`) })}</p>
      <div class="choices">
        <button class="button" @click=${this.#close}>${t("cancel")}</button>
        <button class="button" @click=${() => this.#settle("drop_void")}><kbd>d</kbd> ${t("void.drop")}</button>
        <button class="button button-main" autofocus @click=${() => this.#settle("confirm_void")}><kbd>Enter</kbd> ${t("void.agree")}</button>
      </div>
    </dialog>`;
  }

  #close = () => this.querySelector("dialog")?.close();

  #closed = () => {
    this.asking = false;
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const { store } = /** @type {import("./live-page.js").LivePage} */ (this.page);
    const reason = VOID_REASONS[Number(event.key) - 1];
    if (pendingVoid(store)) {
      if (event.key !== "d") return;
      this.#settle("drop_void");
    } else if (reason) this.#send(reason);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const count = voidable(store).length;
      this.chosen = (this.chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
    } else return;
    event.preventDefault();
    event.stopPropagation(); // The question is closed by now: the page must not take the stroke as well.
  };

  /** @param {string} reason */
  #send(reason) {
    const page = /** @type {import("./live-page.js").LivePage} */ (this.page);
    const found = voidable(page.store)[this.chosen];
    this.#close();
    if (found) page.connection.ask({ type: "propose_void", lot: found.lot, no: found.bid.no, reason });
  }

  /** @param {"confirm_void" | "drop_void"} type */
  #settle(type) {
    const page = /** @type {import("./live-page.js").LivePage} */ (this.page);
    const pending = pendingVoid(page.store);
    this.#close();
    if (pending) page.connection.ask({ type, lot: pending.lot, no: pending.bid.no });
  }
}

customElements.define("lc-voids", Voids);

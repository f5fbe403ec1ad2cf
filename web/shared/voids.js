// @ts-check
/**
 * Voiding a bid (撤销出价): one officer proposes in two strokes, another agrees in two. `v` and a reason; `v` and Enter. Nothing is erased.
 */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { FIRST_DIGIT, VOID_REASONS, mayAgree, pendingVoid, voidable } from "./voiding.js";
import { channelText, spelledOut, whoNumber, whoText } from "./words.js";

export class Voids extends LitElement {
  static properties = { page: { attribute: false }, proposes: { type: Boolean }, question: { state: true }, chosen: { state: true } };

  constructor() {
    super();
    /** @type {import("./live-page.js").LivePage | null} */
    this.page = null;
    /** Whether this desk may propose, too. */
    this.proposes = false;
    /**
     * What is being asked, as it stood when the key was struck: a bid that comes meanwhile must not slip under the finger.
     * @type {{bids: ReturnType<typeof voidable>} | {pending: NonNullable<ReturnType<typeof pendingVoid>>} | null}
     */
    this.question = null;
    this.chosen = 0;
  }

  createRenderRoot() {
    return this;
  }

  /** Opens the question, for the key. */
  ask() {
    const { store } = /** @type {import("./live-page.js").LivePage} */ (this.page);
    const pending = pendingVoid(store);
    const bids = this.proposes ? voidable(store) : [];
    this.chosen = 0;
    if (pending) this.question = { pending };
    else if (bids.length) this.question = { bids };
  }

  /** A question that another officer has settled meanwhile is closed. */
  willUpdate() {
    if (!this.question || !this.page) return;
    const now = pendingVoid(this.page.store);
    const asked = "pending" in this.question ? this.question.pending : null;
    if (now?.lot !== asked?.lot || now?.bid.no !== asked?.bid.no) this.#close();
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  render() {
    if (!this.page) return nothing;
    const pending = pendingVoid(this.page.store);
    const bids = voidable(this.page.store);
    return html`<div class=${pending ? "void-slot void-waiting" : "void-slot"} role="status">${pending ? this.#waiting(pending) : this.#calm(bids)}</div>
      ${this.#asked()}`;
  }

  #asked() {
    if (!this.question) return nothing;
    return "pending" in this.question ? this.#confirm(this.question.pending) : this.#propose(this.question.bids);
  }

  /** @param {ReturnType<typeof voidable>} bids */
  #calm(bids) {
    if (!this.proposes) return html`<span class="muted">${t("void.none")}</span>`;
    return html`<button class="button button-small" ?disabled=${!bids.length || !this.page?.connection.live} @click=${() => this.ask()}><kbd>v</kbd> ${t("void.propose")}</button>`;
  }

  /** @param {NonNullable<ReturnType<typeof pendingVoid>>} pending */
  #waiting({ lot, bid }) {
    return html`<b>${t("void.waiting", { lot, no: bid.no, amount: shortYuan(bid.amount_fen), who: whoText(bid.who) })}</b>
      <button class="button button-small" @click=${() => this.ask()}><kbd>v</kbd> ${t("void.settle")}</button>`;
  }

  /** @param {ReturnType<typeof voidable>} bids */
  #propose(bids) {
    return html`<dialog class="sheet voiding" aria-labelledby="void-title" @close=${this.#closed} @keydown=${this.#key}>
      <h2 id="void-title">${t("void.which")}</h2>
      <ol class="void-bids">${bids.map(
        ({ lot, bid }, n) => html`<li><button class="button" aria-pressed=${n === this.chosen} @click=${() => (this.chosen = n)}>
          <span><kbd>${FIRST_DIGIT + n}</kbd> ${t("void.bid", { lot, no: bid.no ?? 0 })} · ${whoText(bid.who)} · ${channelText(bid.channel)}</span> <b class="money">${shortYuan(bid.amount_fen)}</b></button></li>`,
      )}</ol>
      <p class="void-words">${bids[this.chosen] ? spelledOut(bids[this.chosen].bid.amount_fen) : nothing}</p>
      <h3>${t("void.why")}</h3>
      <div class="void-reasons">${VOID_REASONS.map((reason, n) => html`<button class="button" ?autofocus=${n === 0} @click=${() => this.#send(reason)}><kbd>${n + 1}</kbd> ${t(`void.reason.${reason}`)}</button>`)}</div>
      <div class="choices"><button class="button" @click=${this.#close}>${t("cancel")}</button></div>
    </dialog>`;
  }

  /** @param {NonNullable<ReturnType<typeof pendingVoid>>} pending */
  #confirm({ lot, bid }) {
    const agrees = mayAgree(this.page?.store.welcome?.role ?? "", bid.by);
    return html`<dialog class="sheet voiding" aria-labelledby="void-title" @close=${this.#closed} @keydown=${this.#key}>
      <h2 id="void-title">${t("void.confirm")}</h2>
      <div class="void-bid"><b class="paddle" aria-label=${whoText(bid.who)}>${whoNumber(bid.who)}</b>
        <p><b class="void-amount money">${shortYuan(bid.amount_fen)}</b><span>${spelledOut(bid.amount_fen)}</span></p></div>
      <p>${t("void.bid", { lot, no: bid.no })} · ${t(`void.reason.${bid.reason}`)} · ${t("void.by", { role: t(`role.${bid.by}`) })}</p>
      <p class="void-second">${agrees ? t("void.what") : t("void.second")}</p>
      <div class="choices">
        <button class="button" ?autofocus=${!agrees} @click=${this.#close}>${t("cancel")}</button>
        <button class="button" @click=${() => this.#settle("drop_void")}><kbd>d</kbd> ${t("void.drop")}</button>
        <button class="button button-main" ?autofocus=${agrees} ?disabled=${!agrees} @click=${() => this.#settle("confirm_void")}><kbd>Enter</kbd> ${t("void.agree")}</button>
      </div>
    </dialog>`;
  }

  #close = () => {
    this.querySelector("dialog")?.close();
    this.question = null;
  };

  /** Escape closed it. The word of a dialog that is gone may come when the next one is open. @param {Event} event */
  #closed = (event) => {
    if (event.target === this.querySelector("dialog")) this.question = null;
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const { question } = this;
    if (!question) return;
    const digit = Number(event.key);
    if ("pending" in question) {
      if (event.key !== "d") return;
      this.#settle("drop_void");
    } else if (VOID_REASONS[digit - 1]) this.#send(VOID_REASONS[digit - 1]);
    else if (question.bids[digit - FIRST_DIGIT]) this.chosen = digit - FIRST_DIGIT;
    else return;
    event.preventDefault();
    event.stopPropagation(); // The question may be closed by now: the page must not take the stroke as well.
  };

  /** @param {string} reason */
  #send(reason) {
    const found = this.question && "bids" in this.question ? this.question.bids[this.chosen] : undefined;
    this.#close();
    if (found) this.page?.connection.ask({ type: "propose_void", lot: found.lot, no: found.bid.no, reason });
  }

  /** @param {"confirm_void" | "drop_void"} type */
  #settle(type) {
    const found = this.question && "pending" in this.question ? this.question.pending : undefined;
    this.#close();
    if (found) this.page?.connection.ask({ type, lot: found.lot, no: found.bid.no });
  }
}

customElements.define("lc-voids", Voids);

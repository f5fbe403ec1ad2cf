// @ts-check
/**
 * Where a bidder offers: digits and Enter, arrow keys a step up or down. An offer that is the only one the rules leave is asked back first, and in
 * large type (大字版) every one.
 */

import { LitElement, html, live, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { t } from "../shared/i18n.js";
import { isLarge } from "../shared/looks.js";
import { fenOf, shortYuan } from "../shared/money.js";
import { spelledOut } from "../shared/words.js";
import { faultOf, onlyOne, reachOf, stepped } from "../quota/reach.js";
import { conditionsOf, roundOf } from "../quota/sale.js";

/** So many steps with the keys for pages. */
const LEAP = 10;

/** @type {Record<string, number>} */
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: LEAP, PageDown: -LEAP };

export class OfferDesk extends LitElement {
  static properties = { page: { attribute: false }, typed: { state: true }, asking_fen: { state: true } };

  constructor() {
    super();
    /** @type {import("./quota-bidder.js").QuotaBidder | null} */
    this.page = null;
    this.typed = "";
    /** @type {number | null} a price to be confirmed */
    this.asking_fen = null;
  }

  createRenderRoot() {
    return this;
  }

  /** What may be offered now. */
  get reach() {
    const { store, running } = /** @type {import("./quota-bidder.js").QuotaBidder} */ (this.page);
    return reachOf({ conditions: conditionsOf(store), round: roundOf(store), running, mine: this.page?.own ?? null });
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (this.asking_fen === null || !dialog) return;
    if (!this.reach) dialog.close();
    else if (!dialog.open) dialog.showModal();
  }

  render() {
    if (!this.page) return nothing;
    const reach = this.reach;
    const why = this.#whyNot();
    const fen = fenOf(this.typed);
    const wrong = fen !== null && reach ? faultOf(fen, reach) : null;
    return html`<section class="panel desk offer-desk" aria-label=${t("offer.title")}>
      <form class="own" @submit=${this.#send}>
        <label><span>${t(reach && !reach.first ? "offer.change" : "offer.first")}</span>
          <input class="money" inputmode="numeric" enterkeyhint="send" autocomplete="off" maxlength="16" .value=${live(this.typed)} @input=${this.#typing} @keydown=${this.#key} aria-describedby="offer-says" ?disabled=${!reach}>
        </label>
        <span class="steps" role="group" aria-label=${t("offer.steps")}>
          <button type="button" class="button" aria-label=${t("offer.down", { step: shortYuan(reach?.step_fen ?? 0) })} ?disabled=${!reach} @click=${() => this.step(-1)}>−</button>
          <button type="button" class="button" aria-label=${t("offer.up", { step: shortYuan(reach?.step_fen ?? 0) })} ?disabled=${!reach} @click=${() => this.step(1)}>+</button>
        </span>
        <button class="button button-main offer-send" ?disabled=${why !== null || fen === null || wrong !== null}>${t(reach && !reach.first ? "offer.send-change" : "offer.send")}</button>
      </form>
      <p class="own-words" id="offer-says">${this.#says(fen, wrong, reach)}</p>
      <p class="desk-why">${why ?? html`<span class="offer-keys">${t("offer.keys")}</span>`}</p>
      ${this.#confirm()}
    </section>`;
  }

  /** @param {number | null} fen @param {ReturnType<typeof faultOf>} wrong @param {import("../quota/reach.js").Reach | null} reach */
  #says(fen, wrong, reach) {
    if (!reach) return nothing;
    if (this.typed === "") return t(reach.most_fen === null ? "offer.from" : "offer.between-bounds", { least: shortYuan(reach.least_fen ?? reach.floor_fen), most: shortYuan(reach.most_fen ?? 0), step: shortYuan(reach.step_fen) });
    if (fen === null) return html`<span class="bad">${t("desk.not-a-price")}</span>`;
    if (wrong) return html`<span class="bad">${t(wrong.key, inYuan(wrong.values))}</span>`;
    return html`<b>${shortYuan(fen)}</b> ${spelledOut(fen)}`;
  }

  #confirm() {
    const fen = this.asking_fen;
    const reach = this.reach;
    if (fen === null || !reach) return nothing;
    const wrong = faultOf(fen, reach);
    return html`<dialog class="sheet confirm" aria-labelledby="confirm-title" aria-describedby="confirm-says" @close=${() => (this.asking_fen = null)}>
      <h2 id="confirm-title">${t("offer.confirm")}</h2>
      <div id="confirm-says">
        <p class="confirm-amount money">${shortYuan(fen)}</p>
        <p class="confirm-words">${spelledOut(fen)}</p>
        <p class="confirm-why" role="status">${wrong ? t(wrong.key, inYuan(wrong.values)) : t(this.#onlyOne() ? (reach.first ? "offer.only-first" : "offer.only-change") : "offer.binding")}</p>
      </div>
      <div class="choices">
        <button class="button" autofocus @click=${this.#dismiss}>${t("cancel")}</button>
        <button class="button button-main" ?disabled=${wrong !== null || this.#whyNot() !== null} @click=${this.#confirmed}>${t("offer.confirm-yes", { amount: shortYuan(fen) })}</button>
      </div>
    </dialog>`;
  }

  #onlyOne() {
    return this.page ? onlyOne({ round: roundOf(this.page.store), mine: this.page.own }) : false;
  }

  #dismiss = () => this.querySelector("dialog")?.close();

  #confirmed = () => {
    const fen = this.asking_fen;
    this.#dismiss();
    if (fen !== null && this.#whyNot() === null) this.#ask(fen);
  };

  /** @param {InputEvent} event */
  #typing = (event) => {
    this.typed = /** @type {HTMLInputElement} */ (event.target).value;
    this.page?.requestUpdate();
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const steps = STEPS[event.key];
    if (!steps || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.step(steps);
  };

  /** @param {number} steps up, or down if less than nought */
  step(steps) {
    const reach = this.reach;
    if (!reach || !this.page) return;
    const { own, running } = this.page;
    const from_fen = own?.offer && !reach.moves ? own.offer.amount_fen : (running?.cutoff_fen ?? null);
    this.typed = String(stepped(fenOf(this.typed), steps, reach, from_fen) / 100);
    this.page.requestUpdate();
  }

  focusOwn() {
    this.querySelector("input")?.focus();
  }

  /** @param {SubmitEvent} event */
  #send = (event) => {
    event.preventDefault();
    const fen = fenOf(this.typed);
    const reach = this.reach;
    if (fen === null || !reach || this.#whyNot() !== null || faultOf(fen, reach)) return;
    if (isLarge() || this.#onlyOne()) this.asking_fen = fen;
    else this.#ask(fen);
  };

  /** @param {number} fen */
  #ask(fen) {
    this.page?.connection.ask({ type: "offer", amount_fen: fen });
    this.typed = "";
    this.page?.requestUpdate();
  }

  /** Why offering makes no sense now, as a sentence; null if it does. */
  #whyNot() {
    const { store, connection, acts, own } = /** @type {import("./quota-bidder.js").QuotaBidder} */ (this.page);
    const { sale } = store;
    const round = roundOf(store);
    if (connection.state !== "live") return t("why.offline");
    if (!sale || sale.phase === "planned") return t("why.planned");
    if (sale.phase === "closed") return t("why.closed");
    if (sale.phase === "suspended") return t("why.suspended", { reason: sale.suspended ?? "" });
    if (!own) return t("why.not-admitted");
    if (!own.accepted) return t("why.sign-off");
    if (round && connection.clock.known && connection.clock.house_us() > round.ends_at_us) return t("why.over");
    if (acts?.list.some((act) => act.frame.type === "offer" && waits(act, connection.clock.now_us()))) return t("why.sent");
    if (!own.may_offer) return t(own.offer ? (round?.revisions ? "why.revisions-used" : "why.no-revisions") : "why.no-first-offer");
    return null;
  }
}

/** @param {Record<string, number>} amounts in fen, by names that end in `_fen` */
function inYuan(amounts) {
  return Object.fromEntries(Object.entries(amounts).map(([name, fen]) => [name.replace(/_fen$/, ""), shortYuan(fen)]));
}

customElements.define("lc-offer-desk", OfferDesk);

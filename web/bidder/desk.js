// @ts-check
/**
 * Where a bidder bids: the asked price as one large button, an own amount beside it. Guards the hand: a button whose price has just moved does
 * not take the click that was meant for the old price, a second click finds it already sent, and a price far above the asked one is asked back.
 * In large type (大字版) every price is.
 */

import { LitElement, html, live, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { t } from "../shared/i18n.js";
import { isLarge } from "../shared/looks.js";
import { fenOf, shortYuan } from "../shared/money.js";
import { priceText, spelledOut } from "../shared/words.js";

/** A price this new may not be the one the hand was aiming at. */
const MOVED_MS = 250;

/** From this many times the asked price on, the bidder is asked whether it was meant. */
const FAR_ABOVE = 5;

export class Desk extends LitElement {
  static properties = { page: { attribute: false }, typed: { state: true }, asking_fen: { state: true } };

  constructor() {
    super();
    /** @type {import("./bidder.js").Bidder | null} */
    this.page = null;
    this.typed = "";
    /** @type {number | null} a price to be confirmed */
    this.asking_fen = null;
    /** The lot it is for. @type {number | undefined} */
    this.asking_lot = undefined;
    this.#key = "";
    this.#moved = false;
  }

  /** Lot and asked price last drawn. */
  #key;
  #moved;

  createRenderRoot() {
    return this;
  }

  willUpdate() {
    const block = this.page?.block;
    const key = block ? `${block.lot}/${block.asked_fen}` : "";
    if (key === this.#key) return;
    const other = key.split("/")[0] !== this.#key.split("/")[0];
    if (other) this.typed = "";
    this.#key = key;
    this.#moved = true;
    setTimeout(() => {
      if (this.#key !== key) return;
      this.#moved = false;
      this.requestUpdate();
    }, MOVED_MS);
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (this.asking_fen === null || !dialog) return;
    const block = this.page?.block;
    if (block?.lot !== this.asking_lot || block?.phase !== "open") dialog.close();
    else if (!dialog.open) dialog.showModal();
  }

  render() {
    const block = this.page?.block;
    const why = this.#whyNot();
    const typed_fen = fenOf(this.typed);
    const asked_fen = block?.asked_fen ?? null;
    return html`<section class="panel desk" aria-label=${t("desk.title")}>
      <button class="button button-main bid-asked" ?disabled=${why !== null || this.#moved || asked_fen === null} @click=${this.#bidAsked}>
        <span>${t(block?.phase === "open" && block.price_fen === null ? "desk.bid-opening" : "desk.bid")}</span>
        <b class="money">${block?.phase === "open" ? priceText(asked_fen) : "—"}</b>
      </button>
      <p class="desk-why">${why ?? (asked_fen === null ? "" : spelledOut(asked_fen))}</p>
      ${this.#equal(why)}
      <form class="own" @submit=${this.#bidOwn}>
        <label><span>${t("desk.own")}</span>
          <input class="money" inputmode="numeric" enterkeyhint="send" autocomplete="off" maxlength="16" .value=${live(this.typed)} @input=${this.#typing} placeholder=${block?.phase === "open" && asked_fen !== null ? t("desk.own-hint", { asked: shortYuan(asked_fen) }) : ""} aria-describedby="own-words" ?disabled=${!block || block.phase !== "open"}>
        </label>
        <button class="button" ?disabled=${why !== null || typed_fen === null}>${t("desk.send")}</button>
      </form>
      <p class="own-words" id="own-words">${this.#ownWords(typed_fen)}</p>
      ${this.#confirm()}
    </section>`;
  }

  /** The right of first refusal: the leading price itself, while it is somebody else's by no better right. @param {string | null} why */
  #equal(why) {
    const { store, block } = this.page ?? {};
    const right = store?.mine?.priority.find(({ lot }) => lot === block?.lot);
    const price_fen = block?.price_fen;
    if (!right || !block || block.phase !== "open" || !price_fen) return nothing;
    const led = block.bids.find(({ voided }) => !voided)?.basis === "priority";
    return html`<button class="button bid-equal" ?disabled=${why !== null || (led && right.rank > 1)} @click=${() => this.offer(price_fen)}>${t("desk.equal", { price: shortYuan(price_fen) })}</button>`;
  }

  /** @param {number | null} typed_fen */
  #ownWords(typed_fen) {
    const block = this.page?.block;
    if (block?.phase !== "open") return nothing;
    if (this.typed === "") return t("desk.multiple", { step: shortYuan(block.step_fen) });
    if (typed_fen === null) return html`<span class="bad">${t("desk.not-a-price")}</span>`;
    if (block.asked_fen === null) return html`<b>${shortYuan(typed_fen)}</b> ${spelledOut(typed_fen)}`;
    if (typed_fen < block.asked_fen) return html`<span class="bad">${t("desk.too-low", { least: shortYuan(block.asked_fen) })}</span>`;
    const over_fen = (typed_fen - block.asked_fen) % block.step_fen;
    if (over_fen)
      return html`<span class="bad">${t("desk.between", { below: shortYuan(typed_fen - over_fen), above: shortYuan(typed_fen - over_fen + block.step_fen) })}</span>`;
    return html`<b>${shortYuan(typed_fen)}</b> ${spelledOut(typed_fen)}`;
  }

  #confirm() {
    const fen = this.asking_fen;
    if (fen === null) return nothing;
    const asked_fen = this.#least();
    const overtaken = fen < asked_fen;
    return html`<dialog class="sheet confirm" aria-labelledby="confirm-title" aria-describedby="confirm-says" @close=${() => (this.asking_fen = null)}>
      <h2 id="confirm-title">${t("confirm.title")}</h2>
      <div id="confirm-says">
        <p class="confirm-amount money">${shortYuan(fen)}</p>
        <p class="confirm-words">${spelledOut(fen)}</p>
        <p class="confirm-why" role="status">${this.#confirmWhy(fen, asked_fen)}</p>
      </div>
      <div class="choices">
        <button class="button" autofocus @click=${this.#dismiss}>${t("cancel")}</button>
        <button class="button button-main" ?disabled=${overtaken} @click=${this.#confirmed}>${t("confirm.yes", { amount: shortYuan(fen) })}</button>
      </div>
    </dialog>`;
  }

  /**
   * @param {number} fen
   * @param {number} asked_fen
   */
  #confirmWhy(fen, asked_fen) {
    if (fen < asked_fen) return t("confirm.moved", { asked: shortYuan(asked_fen) });
    if (isFarAbove(fen, asked_fen)) return t("confirm.why", { times: Math.floor(fen / asked_fen), asked: shortYuan(asked_fen) });
    return t("confirm.binding");
  }

  /** The least that may be bid, as far as it is known: with the right of first refusal the leading price itself. */
  #least() {
    const { block, store } = this.page ?? {};
    const right = store?.mine?.priority.some(({ lot }) => lot === block?.lot);
    return (right ? block?.price_fen : null) ?? block?.asked_fen ?? 0;
  }

  #dismiss = () => this.querySelector("dialog")?.close();

  #confirmed = () => {
    const fen = this.asking_fen;
    const { asking_lot } = this;
    this.#dismiss();
    if (fen !== null && this.page?.block?.lot === asking_lot && this.#whyNot() === null) this.#send(fen);
  };

  /** @param {InputEvent} event */
  #typing = (event) => {
    this.typed = /** @type {HTMLInputElement} */ (event.target).value;
  };

  #bidAsked = () => {
    const block = this.page?.block;
    if (block && block.asked_fen !== null && !this.#moved) this.offer(block.asked_fen);
  };

  /** @param {SubmitEvent} event */
  #bidOwn = (event) => {
    event.preventDefault();
    const fen = fenOf(this.typed);
    if (fen !== null) this.offer(fen);
  };

  /** Presses the large button, for the key. */
  press() {
    /** @type {HTMLButtonElement | null} */ (this.querySelector(".bid-asked"))?.click();
  }

  focusOwn() {
    this.querySelector("input")?.focus();
  }

  /**
   * Bids, if nothing stands against it; asks back first where the amount is far above the asked price, and always in large type.
   * @param {number} fen
   */
  offer(fen) {
    const block = this.page?.block;
    if (!block || this.#whyNot() !== null) return;
    if (isLarge() || isFarAbove(fen, block.asked_fen ?? block.opening_fen)) {
      this.asking_fen = fen;
      this.asking_lot = block.lot;
      return;
    }
    this.#send(fen);
  }

  /** @param {number} fen */
  #send(fen) {
    const { page } = this;
    const block = page?.block;
    if (!page || !block) return;
    page.connection.ask({ type: "bid", lot: block.lot, amount_fen: fen });
    this.typed = "";
    this.requestUpdate();
  }

  /**
   * Why bidding makes no sense now, as a sentence; null if it does. The house decides; this saves the bidder a refusal.
   * @returns {string | null}
   */
  #whyNot() {
    const { store, connection, acts } = /** @type {import("./bidder.js").Bidder} */ (this.page);
    const { sale, mine, rules } = store;
    const { block } = /** @type {import("./bidder.js").Bidder} */ (this.page);
    if (connection.state !== "live") return t("why.offline");
    if (!sale || sale.phase === "planned") return t("why.planned");
    if (sale.phase === "closed") return t("why.closed");
    if (sale.phase === "suspended") return t("why.suspended", { reason: sale.suspended ?? "" });
    if (!block || block.phase !== "open") return t("why.no-lot");
    if (!mine) return t("why.not-admitted");
    if (mine.channel !== "online") return t("why.hall");
    if (mine.rights !== null && mine.rights <= 0) return t("why.no-rights");
    if (rules?.sign_off && !mine.accepted) return t("why.sign-off");
    if (block.closes_at_us && connection.clock.known && connection.clock.house_us() > block.closes_at_us) return t("why.over");
    if (mine.leads.includes(block.lot)) return t("why.leading");
    if (acts?.list.some((act) => act.frame.lot === block.lot && waits(act, connection.clock.now_us()))) return t("why.sent");
    return null;
  }
}

/**
 * @param {number} fen
 * @param {number} asked_fen
 */
function isFarAbove(fen, asked_fen) {
  return asked_fen > 0 && fen >= FAR_ABOVE * asked_fen;
}

customElements.define("lc-desk", Desk);

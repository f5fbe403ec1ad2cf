// @ts-check
/** Maxima left with the house: it bids for the bidder as much as it must and no more. Nobody else is told. */

import { LitElement, html, live, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { t } from "../shared/i18n.js";
import { fenOf, shortYuan } from "../shared/money.js";
import { openings } from "../shared/openings.js";
import { spelledOut } from "../shared/words.js";

/** From this many times the least amount on, the bidder is asked whether it was meant. */
const FAR_ABOVE = 5;

export class Maxima extends LitElement {
  static properties = { page: { attribute: false }, typed: { state: true }, lot: { state: true }, sure: { state: true } };

  constructor() {
    super();
    /** @type {import("./bidder.js").Bidder | null} */
    this.page = null;
    this.typed = "";
    /** @type {number | null} */
    this.lot = null;
    /** What was typed when the bidder was asked whether it was meant. */
    this.sure = "";
  }

  createRenderRoot() {
    return this;
  }

  /** The lots for which a maximum may be left, with the least one that makes sense. */
  #choices() {
    const { store } = /** @type {import("./bidder.js").Bidder} */ (this.page);
    const open = openings(store);
    return store.lots.flatMap((lot) => {
      if (lot.phase === "waiting") return [{ lot: lot.lot, plate: lot.plate, least_fen: lot.opening_fen }];
      const bidding = open.find((one) => one.lot === lot.lot);
      if (!bidding) return [];
      const leads = store.mine?.leads.includes(lot.lot);
      return [{ lot: lot.lot, plate: lot.plate, least_fen: (leads ? bidding.price_fen : bidding.asked_fen) ?? bidding.opening_fen }];
    });
  }

  render() {
    const { page } = this;
    const { store } = page ?? {};
    if (!page || !store?.rules?.proxies || !store.mine) return nothing;
    const choices = this.#choices();
    const chosen = choices.find(({ lot }) => lot === this.lot) ?? choices.find(({ lot }) => lot === page.block?.lot) ?? choices[0];
    const fen = fenOf(this.typed);
    return html`<section class="panel maxima" aria-label=${t("maxima.title")}>
      <h2>${t("maxima.title")}</h2>
      <p class="maxima-how">${t("maxima.how")}</p>
      ${chosen
        ? html`<form @submit=${(/** @type {SubmitEvent} */ event) => this.#leave(event, chosen)}>
            <label><span>${t("maxima.lot")}</span><select @change=${this.#choose}>${choices.map((one) => html`<option value=${one.lot} ?selected=${one.lot === chosen.lot}>${t("lot.no", { n: one.lot })} ${one.plate}</option>`)}</select></label>
            <label><span>${t("maxima.maximum")}</span><input class="money" inputmode="numeric" enterkeyhint="send" autocomplete="off" maxlength="16" .value=${live(this.typed)} @input=${this.#typing} aria-describedby="maximum-words"></label>
            <button class="button" ?disabled=${this.#whyNot() !== null || fen === null || fen < chosen.least_fen}>${t("maxima.leave")}</button>
          </form>
          <p class="own-words" id="maximum-words">${this.#words(fen, chosen)}</p>`
        : html`<p class="empty">${t("maxima.none-open")}</p>`}
      ${store.mine.proxies.length
        ? html`<ul class="maxima-left">${store.mine.proxies.map((one) => html`<li><span>${t("lot.no", { n: one.lot })}</span><b class="money">${shortYuan(one.maximum_fen)}</b><button class="button button-small" ?disabled=${this.#whyNot() !== null} @click=${() => this.#cancel(one.lot)}>${t("maxima.cancel")}</button></li>`)}</ul>`
        : html`<p class="empty">${t("maxima.none")}</p>`}
    </section>`;
  }

  /**
   * @param {number | null} fen
   * @param {{lot: number, least_fen: number}} chosen
   */
  #words(fen, { least_fen }) {
    const why = this.#whyNot();
    if (why !== null) return why;
    if (this.typed === "") return t("maxima.least", { least: shortYuan(least_fen) });
    if (fen === null) return html`<span class="bad">${t("desk.not-a-price")}</span>`;
    if (fen < least_fen) return html`<span class="bad">${t("desk.too-low", { least: shortYuan(least_fen) })}</span>`;
    if (this.sure === this.typed) return html`<span class="bad">${t("maxima.sure", { amount: shortYuan(fen), times: Math.floor(fen / least_fen) })}</span>`;
    return html`<b>${shortYuan(fen)}</b> ${spelledOut(fen)}`;
  }

  #whyNot() {
    const { connection, store, acts } = /** @type {import("./bidder.js").Bidder} */ (this.page);
    if (!connection.live) return t("why.offline");
    if (store.sale?.phase === "closed") return t("why.closed");
    if (store.sale?.phase === "suspended") return t("why.suspended", { reason: store.sale.suspended ?? "" });
    if (store.mine?.channel !== "online") return t("why.hall");
    if (store.rules?.sign_off && !store.mine.accepted) return t("why.sign-off");
    if (acts?.list.some((act) => /proxy/.test(act.frame.type) && waits(act, connection.clock.now_us()))) return t("why.sent");
    return null;
  }

  #choose = (/** @type {Event} */ event) => {
    this.lot = Number(/** @type {HTMLSelectElement} */ (event.target).value);
    this.sure = "";
  };

  #typing = (/** @type {InputEvent} */ event) => {
    this.typed = /** @type {HTMLInputElement} */ (event.target).value;
    this.sure = "";
  };

  /**
   * @param {SubmitEvent} event
   * @param {{lot: number, least_fen: number}} chosen
   */
  #leave(event, { lot, least_fen }) {
    event.preventDefault();
    const fen = fenOf(this.typed);
    if (fen === null || fen < least_fen || this.#whyNot() !== null) return;
    if (fen >= FAR_ABOVE * least_fen && this.sure !== this.typed) {
      this.sure = this.typed;
      return;
    }
    this.page?.connection.ask({ type: "proxy", lot, maximum_fen: fen });
    this.typed = "";
    this.sure = "";
  }

  /** @param {number} lot */
  #cancel(lot) {
    this.page?.connection.ask({ type: "cancel_proxy", lot });
  }
}

customElements.define("lc-maxima", Maxima);

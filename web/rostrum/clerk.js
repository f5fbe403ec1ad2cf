// @ts-check
/** The clerk's part of the rostrum: bids of the hall in two strokes, and admissions. */

import { LitElement, html, live, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { isLarge } from "../shared/looks.js";
import { shortYuan } from "../shared/money.js";
import { priceText, spelledOut } from "../shared/words.js";
import { readEntry } from "./entry.js";

/** From this many times the asked price on, Enter must be struck twice; in large type always. */
const FAR_ABOVE = 5;

export class Clerk extends LitElement {
  static properties = { page: { attribute: false }, typed: { state: true }, sure: { state: true } };

  constructor() {
    super();
    /** @type {import("./rostrum.js").Rostrum | null} */
    this.page = null;
    this.typed = "";
    /** What was typed, and what it came to, when the clerk was asked whether it was meant. */
    this.sure = "";
  }

  createRenderRoot() {
    return this;
  }

  /** Takes the focus, and the digit that asked for it. */
  take(digit = "") {
    this.typed = digit;
    this.querySelector("input")?.focus();
  }

  render() {
    return html`${this.#hallBid()} ${this.#admission()}`;
  }

  #hallBid() {
    const block = this.page?.store.block;
    const why = this.#whyNot();
    const entry = readEntry(this.typed);
    return html`<section class="panel hall-bid">
      <h2>${t("clerk.hall-bid")} <small><kbd>0</kbd>–<kbd>9</kbd></small></h2>
      <form @submit=${this.#bid}>
        <label class="entry"><span>${t("clerk.entry")}</span>
          <input class="number" inputmode="numeric" enterkeyhint="send" autocomplete="off" maxlength="24" .value=${live(this.typed)} @input=${this.#typing} aria-describedby="entry-says"></label>
        <button class="button button-main" ?disabled=${why !== null || entry === null}>${t("clerk.bid")} <b class="money">${block?.phase === "open" ? priceText(entry?.amount_fen ?? block.asked_fen) : "—"}</b></button>
      </form>
      <p class="entry-says" id="entry-says">${why ?? this.#says(entry)}</p>
    </section>`;
  }

  /** @param {ReturnType<typeof readEntry>} entry */
  #says(entry) {
    const { store } = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    const asked_fen = store.block?.asked_fen ?? 0;
    if (this.typed === "") return t("clerk.hint", { asked: shortYuan(asked_fen) });
    if (!entry) return html`<span class="bad">${t("clerk.unreadable")}</span>`;
    const fen = entry.amount_fen ?? asked_fen;
    const paddle = store.parts[`paddle/${entry.paddle}`];
    if (!paddle) return html`<span class="bad">${t("clerk.no-paddle", { no: entry.paddle })}</span>`;
    if (paddle.channel !== "hall") return html`<span class="bad">${t("clerk.online-paddle", { no: entry.paddle })}</span>`;
    if (this.sure === `${this.typed}/${fen}`)
      return html`<span class="bad">${t(fen >= FAR_ABOVE * asked_fen ? "clerk.sure" : "clerk.read-back", { amount: shortYuan(fen), who: t("who.paddle", { no: entry.paddle }), words: spelledOut(fen) })}</span>`;
    return html`${t("who.paddle", { no: entry.paddle })} → <b>${shortYuan(fen)}</b> ${spelledOut(fen)}`;
  }

  #admission() {
    return html`<section class="panel admission">
      <h2>${t("clerk.admit")} <small><kbd>a</kbd></small></h2>
      <form @submit=${this.#admit}>
        <label><span>${t("clerk.paddle")}</span><input class="number" name="paddle" inputmode="numeric" required pattern="[0-9]{1,7}" autocomplete="off"></label>
        <label><span>${t("clerk.channel")}</span><select name="channel"><option value="hall">${t("channel.hall")}</option><option value="online">${t("channel.online")}</option></select></label>
        <label><span>${t("clerk.deposits")}</span><input class="number" name="deposits" type="number" min="1" max="1000" value="1" required></label>
        <button class="button" ?disabled=${!this.page?.connection.live}>${t("clerk.admit-do")}</button>
      </form>
      ${nothing}
    </section>`;
  }

  #whyNot() {
    const { store, connection } = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    if (!connection.live) return t("why.offline");
    if (store.sale?.phase !== "open") return t(`cannot.${store.sale?.phase ?? "unknown"}`);
    return store.block?.phase === "open" ? null : t("cannot.no-lot");
  }

  /** @param {InputEvent} event */
  #typing = (event) => {
    this.typed = /** @type {HTMLInputElement} */ (event.target).value;
    this.sure = "";
  };

  /** @param {SubmitEvent} event */
  #bid = (event) => {
    event.preventDefault();
    const page = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    const entry = readEntry(this.typed);
    const { block } = page.store;
    if (!entry || !block || this.#whyNot() !== null) return;
    const asked_fen = block.asked_fen ?? block.opening_fen;
    const amount_fen = entry.amount_fen ?? asked_fen;
    const meant = `${this.typed}/${amount_fen}`;
    if ((isLarge() || amount_fen >= FAR_ABOVE * asked_fen) && this.sure !== meant) {
      this.sure = meant;
      return;
    }
    page.connection.ask({ type: "hall_bid", lot: block.lot, paddle: entry.paddle, amount_fen });
    this.typed = "";
    this.sure = "";
  };

  /** @param {SubmitEvent} event */
  #admit = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = new FormData(form);
    const page = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    page.connection.ask({
      type: "admit",
      paddle: Number(fields.get("paddle")),
      channel: String(fields.get("channel")),
      deposits: Number(fields.get("deposits")),
    });
    form.reset();
    form.querySelector("input")?.focus();
  };
}

customElements.define("lc-clerk", Clerk);

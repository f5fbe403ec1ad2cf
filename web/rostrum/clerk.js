// @ts-check
/** The clerk's part of the rostrum: bids of the hall in two strokes; maxima, rules and paddles behind a key each. */

import { LitElement, html, live, nothing } from "../vendor/lit.js";
import { askingOf } from "../shared/asking.js";
import { admission, attestation, commission } from "../shared/desk-questions.js";
import { t } from "../shared/i18n.js";
import { isLarge } from "../shared/looks.js";
import { shortYuan } from "../shared/money.js";
import { allTogether, openings } from "../shared/openings.js";
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
    /** The lot for which it was begun to be typed: what was meant for one is never entered for the next. @type {number | undefined} */
    this.lot = undefined;
  }

  createRenderRoot() {
    return this;
  }

  /** Takes the focus, and the digit that asked for it. */
  take(digit = "") {
    this.typed = digit;
    this.sure = "";
    this.lot = this.page?.bidding?.lot;
    this.querySelector("input")?.focus();
  }

  render() {
    return html`${this.#hallBid()} ${this.#more()}`;
  }

  #hallBid() {
    const block = this.page?.bidding;
    const why = this.#whyNot();
    const entry = readEntry(this.typed);
    return html`<section class="panel hall-bid">
      <h2>${t("clerk.hall-bid")} ${this.#which()}<small><kbd>0</kbd>–<kbd>9</kbd></small></h2>
      <form @submit=${this.#bid}>
        <label class="entry"><span>${t("clerk.entry")}</span>
          <input class="number" inputmode="numeric" enterkeyhint="send" autocomplete="off" maxlength="24" .value=${live(this.typed)} @input=${this.#typing} @keydown=${this.#key} aria-describedby="entry-says"></label>
        <button class="button button-main" ?disabled=${why !== null || entry === null}>${t("clerk.bid")} <b class="money">${block?.phase === "open" ? priceText(entry?.amount_fen ?? block.asked_fen) : "—"}</b></button>
      </form>
      <p class="entry-says" id="entry-says">${why ?? this.#says(entry)}</p>
    </section>`;
  }

  /** Of lots that are open together, the one that bids are entered for. */
  #which() {
    const page = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    if (!allTogether(page.store)) return nothing;
    return html`<b class="for-lot">${page.bidding ? `${t("lot.no", { n: page.bidding.lot })} ${page.bidding.plate}` : "—"}</b> <small><kbd>j</kbd> <kbd>k</kbd></small>`;
  }

  /** @param {ReturnType<typeof readEntry>} entry */
  #says(entry) {
    const { store } = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    const asked_fen = this.page?.bidding?.asked_fen ?? 0;
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

  /** What the clerk enters more seldom, each behind its key. */
  #more() {
    return html`<section class="panel clerk-more" aria-label=${t("clerk.more")}>${this.#others().map(
      ({ key, says, why, run }) => html`<button class="button" ?disabled=${why !== null} title=${why ?? nothing} @click=${run}><kbd>${key}</kbd> <span>${t(says)}<small>${why ?? nothing}</small></span></button>`,
    )}</section>`;
  }

  #others() {
    const page = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    const { sale, rules } = page.store;
    const away = page.connection.live ? (sale?.phase === "closed" ? t("cannot.closed") : null) : t("why.offline");
    return [
      { key: "a", says: "clerk.admit", question: admission, why: away },
      { key: "m", says: "control.hall_proxy", question: commission, why: away ?? (rules?.proxies ? null : t("clerk.no-proxies")) },
      { key: "t", says: "control.attest_rules", question: attestation, why: away ?? (rules?.sign_off ? null : t("clerk.no-sign-off")) },
    ].map((one) => ({ ...one, run: () => one.why === null && askingOf(page)?.ask(one.question(page)) }));
  }

  /** The keys of this desk. @returns {import("../shared/keys.js").Key[]} */
  keys() {
    const lots = allTogether(/** @type {import("./rostrum.js").Rostrum} */ (this.page).store)
      ? [
          { key: "j", says: "clerk.next-lot", run: () => this.#choose(1) },
          { key: "k", says: "clerk.lot-before", run: () => this.#choose(-1) },
        ]
      : [];
    return [...[..."0123456789"].map((digit) => ({ key: digit, says: "clerk.hall-bid", run: () => this.take(digit) })), ...lots, ...this.#others()];
  }

  /** Goes to another of the lots that are open together. @param {1 | -1} by */
  #choose(by) {
    const page = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    const open = openings(page.store).map(({ lot }) => lot);
    const at = open.indexOf(page.bidding?.lot ?? 0);
    page.chosen = open[(at + by + open.length) % open.length] ?? null;
    this.sure = "";
  }

  /** Nothing typed: letters are keys, though the field still has the focus after the last bid. @param {KeyboardEvent} event */
  #key = (event) => {
    if (event.key === "Escape") {
      this.typed = this.sure = "";
      this.querySelector("input")?.blur();
    }
    if (this.typed !== "" || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const found = this.page?.keys().find(({ key }) => key === event.key.toLowerCase() && !/\d/.test(key));
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    found.run();
  };

  #whyNot() {
    const { store, connection } = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    if (!connection.live) return t("why.offline");
    if (store.sale?.phase !== "open") return t(`cannot.${store.sale?.phase ?? "unknown"}`);
    if (this.typed !== "" && this.lot !== this.page?.bidding?.lot) return t("clerk.other-lot");
    return this.page?.bidding?.phase === "open" ? null : t("cannot.no-lot");
  }

  /** @param {InputEvent} event */
  #typing = (event) => {
    if (this.typed === "") this.lot = this.page?.bidding?.lot;
    this.typed = /** @type {HTMLInputElement} */ (event.target).value;
    this.sure = "";
  };

  /** @param {SubmitEvent} event */
  #bid = (event) => {
    event.preventDefault();
    const page = /** @type {import("./rostrum.js").Rostrum} */ (this.page);
    const entry = readEntry(this.typed);
    const block = page.bidding;
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
}

customElements.define("lc-clerk", Clerk);

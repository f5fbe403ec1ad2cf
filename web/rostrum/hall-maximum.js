// @ts-check
/** A maximum that somebody in the hall leaves with the clerk, also before its lot is open. It is shown to nobody again, not even here. */

import { LitElement, html, live, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { fenOf, shortYuan } from "../shared/money.js";
import { spelledOut } from "../shared/words.js";

export class HallMaximum extends LitElement {
  static properties = { page: { attribute: false }, typed: { state: true }, sure: { state: true } };

  constructor() {
    super();
    /** @type {import("./rostrum.js").Rostrum | null} */
    this.page = null;
    this.typed = "";
    /** The amount about which the clerk was asked whether it was meant. */
    this.sure = "";
  }

  createRenderRoot() {
    return this;
  }

  render() {
    const { page } = this;
    if (!page?.store.rules?.proxies) return nothing;
    const lots = page.store.lots.filter(({ phase }) => phase === "waiting" || phase === "open");
    const rests = !page.connection.live || !lots.length;
    return html`<section class="panel hall-maximum">
      <h2>${t("control.hall_proxy")} <small><kbd>m</kbd></small></h2>
      <form @submit=${this.#leave}>
        <label><span>${t("clerk.paddle")}</span><input class="number" name="paddle" inputmode="numeric" required pattern="[0-9]{1,7}" autocomplete="off"></label>
        <label><span>${t("maxima.lot")}</span><select name="lot">${lots.map(({ lot, plate }) => html`<option value=${lot} ?selected=${lot === page.store.block?.lot}>${t("lot.no", { n: lot })} ${plate}</option>`)}</select></label>
        <label><span>${t("maxima.maximum")}</span><input class="money" name="yuan" inputmode="numeric" autocomplete="off" maxlength="16" .value=${live(this.typed)} @input=${this.#typing} aria-describedby="hall-maximum-says"></label>
        <button class="button" value="hall_proxy" ?disabled=${rests || fenOf(this.typed) === null}>${t("maxima.leave")}</button>
        <button class="button" value="cancel_hall_proxy" ?disabled=${rests}>${t("maxima.cancel")}</button>
      </form>
      <p class="entry-says" id="hall-maximum-says">${this.#says()}</p>
    </section>`;
  }

  #says() {
    const fen = fenOf(this.typed);
    if (this.typed === "") return t("maxima.how");
    if (fen === null) return html`<span class="bad">${t("desk.not-a-price")}</span>`;
    if (this.sure === this.typed) return html`<span class="bad">${t("clerk.sure-maximum", { amount: shortYuan(fen), words: spelledOut(fen) })}</span>`;
    return html`<b>${shortYuan(fen)}</b> ${spelledOut(fen)}`;
  }

  #typing = (/** @type {InputEvent} */ event) => {
    this.typed = /** @type {HTMLInputElement} */ (event.target).value;
    this.sure = "";
  };

  #leave = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = new FormData(form);
    const of = { lot: Number(fields.get("lot")), paddle: Number(fields.get("paddle")) };
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    const fen = fenOf(this.typed);
    if (button?.value === "cancel_hall_proxy") this.page?.connection.ask({ type: "cancel_hall_proxy", ...of });
    else if (fen === null) return;
    else if (this.sure !== this.typed) {
      this.sure = this.typed;
      return;
    } else this.page?.connection.ask({ type: "hall_proxy", ...of, maximum_fen: fen });
    form.reset();
    this.typed = "";
    this.sure = "";
    form.querySelector("input")?.focus();
  };
}

customElements.define("lc-hall-maximum", HallMaximum);

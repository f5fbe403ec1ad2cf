// @ts-check
/**
 * A trustee's page (份额持有人): what he is to answer for, saved as a file; his answers, made by `luochui hall answers` on a machine of his own, given as
 * a file or pasted. The share of the key never comes to this page.
 */

import { html, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { actsLog } from "../shared/acts-log.js";
import { heldToken } from "../shared/address.js";
import { announcedPanel } from "../shared/block-panel.js";
import { saleUrl } from "../shared/house.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { trusteesPanel } from "../opening-desk/panels.js";
import "../opening/clock.js";
import { heraldedOpening, openingSentence } from "../opening/herald.js";
import { openingOf, tenderOf } from "../opening/opening.js";
import { openingStepper } from "../opening/stepper.js";
import { batchesOf } from "./answers.js";

const FILE_BYTES_MAX = 1_000_000;

class OpeningTrustee extends LivePage {
  static personal = true;
  static named = "page.opening-trustee";

  /** @type {import("./answers.js").Wanted[]} */
  wanted = [];

  /** Why what was typed or chosen will not do. */
  wrong = "";

  get heralded() {
    return heraldedOpening(this.store);
  }

  keys() {
    return [
      { key: "w", says: "opening.trustee.save", run: () => this.#save() },
      { key: "p", says: "opening.trustee.paste", run: () => /** @type {HTMLElement | null} */ (this.querySelector("textarea"))?.focus() },
    ];
  }

  connectedCallback() {
    super.connectedCallback();
    this.connection.on("news", () => void this.#look());
  }

  /** @param {import("../shared/frames.js").Frame} frame */
  changed(frame) {
    if (frame.type === "picture" || frame.type === "record") void this.#look();
  }

  updated() {
    super.updated();
    /** @type {import("../vendor/lit.js").LitElement | null} */ (this.querySelector("lc-opening-clock"))?.requestUpdate();
  }

  async #look() {
    if (openingOf(this.store)?.stage !== "combining") this.wanted = [];
    else {
      const answer = await fetch(saleUrl(this.sale, "/wanted"), { headers: { Authorization: `Bearer ${heldToken(this.sale)}` }, cache: "no-store" }).catch(() => null);
      if (answer?.ok) this.wanted = (await answer.json()).wanted;
    }
    this.requestUpdate();
  }

  #save() {
    if (!this.wanted.length) return;
    const file = new Blob([JSON.stringify({ sale: this.sale, wanted: this.wanted })], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `${this.sale}-wanted.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  }

  /** @param {string} text */
  #give(text) {
    const batches = batchesOf(text, this.wanted);
    this.wrong = batches === null ? t("opening.trustee.unreadable") : batches.length ? "" : t("opening.trustee.none-wanted");
    for (const { half, answers } of batches ?? []) this.connection.ask({ type: "give_answers", half, answers });
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  #pasted = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    this.#give(String(new FormData(form).get("answers") ?? ""));
    if (!this.wrong) form.reset();
  };

  /** @param {Event} event */
  #chosen = async (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const [file] = field.files ?? [];
    if (!file) return;
    this.#give(file.size <= FILE_BYTES_MAX ? await file.text() : "");
    field.value = "";
  };

  render() {
    const { store, connection } = this;
    return html`<lc-bar .page=${this} named="page.opening-trustee"></lc-bar>
      ${statusLine(this, openingSentence(store))}
      <main>
        ${openingStepper(store)}
        <div class="column"><lc-opening-clock .store=${store} .connection=${connection}></lc-opening-clock> ${this.#due()}</div>
        <div class="column">${announcedPanel(this)} ${trusteesPanel(store)} <section class="panel log">${actsLog(this, "opening")}</section></div>
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.opening-hall")}</a>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  #due() {
    const now_us = this.connection.clock.now_us();
    const sent = this.acts?.list.some((act) => act.frame.type === "give_answers" && waits(act, now_us));
    const sections = tenderOf(this.store)?.sections ?? [];
    const rests = !this.wanted.length || !this.connection.live || this.store.sale?.phase === "suspended";
    return html`<section class="panel due">
      <h2>${t("opening.trustee.due", { n: this.wanted.length })}</h2>
      <p class="muted">${t("opening.trustee.how")}</p>
      <p class="code command">luochui hall answers wanted.json --hall hall.json --share share.json --key key.pem</p>
      <ul>${this.wanted.map(({ section, bidder, half }) => {
        const title = sections.find((one) => one.section === section)?.title;
        return html`<li>${title ? inLanguage(title) : section} · <b class="number">${bidder}</b> · ${t(`opening.half.${half}`)}</li>`;
      })}</ul>
      <form @submit=${this.#pasted}>
        <button type="button" class="button" ?disabled=${!this.wanted.length} @click=${() => this.#save()}><kbd>w</kbd> ${t("opening.trustee.save")}</button>
        <label class="button"><input type="file" class="out-of-sight" accept=".json,application/json" ?disabled=${rests} @change=${this.#chosen}>${t("opening.trustee.file")}</label>
        <label class="paste"><span>${t("opening.trustee.paste")}</span><textarea name="answers" rows="4" required spellcheck="false" autocomplete="off"></textarea></label>
        <p class="bad" role="alert">${this.wrong}</p>
        <button class="button button-main" ?disabled=${rests}>${t(sent ? "why.sent" : "opening.trustee.give")}</button>
      </form>
      ${openingOf(this.store)?.stage === "combining" ? nothing : html`<p class="muted">${t("opening.trustee.not-now")}</p>`}
    </section>`;
  }
}

await start("lc-opening-trustee", OpeningTrustee);

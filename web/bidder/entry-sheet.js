// @ts-check
/** The rules to be accepted at entry (竞价规则确认): in plain sentences, with the digest that is signed. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { languages, t } from "../shared/i18n.js";

export class EntrySheet extends LitElement {
  static properties = { page: { attribute: false }, later: { state: true } };

  constructor() {
    super();
    /** @type {import("../shared/live-page.js").LivePage & {entry: {due: boolean, sentences: string[]}} | null} */
    this.page = null;
    /** Whether the bidder would rather look on first. */
    this.later = false;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  render() {
    const { store, connection, acts, entry } = this.page ?? {};
    const { sale, mine } = store ?? {};
    if (!entry?.due || !sale || mine?.accepted || sale.phase === "closed") return nothing;
    if (this.later) return html`<p class="panel entry-rest"><button class="button button-main" @click=${() => (this.later = false)}>${t("entry.open")}</button></p>`;
    const sent = acts?.list.some((act) => act.frame.type === "accept_rules" && connection && waits(act, connection.clock.now_us()));
    return html`<dialog class="sheet entry" aria-labelledby="entry-title" @close=${() => (this.later = true)}>
      <h2 id="entry-title">${t("entry.title")}</h2>
      <p>${t("entry.why")}</p>
      <ul class="entry-rules" tabindex="0">${entry.sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
      <p class="entry-digest">${t("hall.rules")} <span class="code">${sale.rules}</span></p>
      <div class="choices">
        <button class="button" @click=${() => this.querySelector("dialog")?.close()}>${t("entry.later")}</button>
        <button class="button button-main" ?disabled=${sent || !connection?.live} @click=${() => connection?.ask({ type: "accept_rules", digest: sale.rules })}>${t(sent ? "why.sent" : "entry.accept")}</button>
      </div>
    </dialog>`;
  }
}

customElements.define("lc-entry-sheet", EntrySheet);

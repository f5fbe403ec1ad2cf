// @ts-check
/** The house's receipt (回执) of an envelope: shown, checked on the spot, printed with its QR code, kept as a file. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { heldToken } from "../shared/address.js";
import { saleUrl } from "../shared/house.js";
import { inLanguage, languages, t } from "../shared/i18n.js";
import { exactTimeText, dateText } from "../shared/words.js";
import { paperButton } from "./receipt-paper.js";
import { save } from "./save.js";
import { holds, oneLine } from "./sealed-receipt.js";

export class ReceiptPanel extends LitElement {
  static properties = { page: { attribute: false }, act: { attribute: false }, good: { state: true }, code: { state: true } };

  constructor() {
    super();
    /** @type {import("../shared/live-page.js").LivePage | null} */
    this.page = null;
    /** The submission that was accepted. @type {import("../shared/acts.js").Act | null} */
    this.act = null;
    /** Whether the signature holds; undefined while it is checked. @type {boolean | null | undefined} */
    this.good = undefined;
    /** The QR code as a picture's address. */
    this.code = "";
    this.checked = "";
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  updated() {
    const { act, page } = this;
    if (!act?.sealed || !page || this.checked === act.id) return;
    this.checked = act.id;
    void this.#check(act.sealed, page.store.welcome?.key);
    void this.#draw(act.sealed, page.sale);
  }

  /** @param {import("./sealed-receipt.js").SealedReceipt} receipt @param {string | undefined} key */
  async #check(receipt, key) {
    this.good = undefined;
    this.good = await holds(receipt, key);
  }

  /** @param {import("./sealed-receipt.js").SealedReceipt} receipt @param {string} sale */
  async #draw(receipt, sale) {
    this.code = "";
    const headers = { Authorization: `Bearer ${heldToken(sale)}`, "Content-Type": "text/plain" };
    try {
      const answer = await fetch(saleUrl(sale, "/code"), { method: "POST", headers, body: oneLine(receipt), cache: "no-store" });
      if (answer.ok) this.code = `data:image/svg+xml,${encodeURIComponent(await answer.text())}`;
    } catch {
      this.checked = ""; // Drawn when the page is next.
    }
  }

  render() {
    const { act, page, good } = this;
    const event = act?.events?.find(({ type }) => type === "EnvelopeReceived");
    if (!act || !page || !event) return nothing;
    const { sale } = page.store;
    const { tender } = page.store.parts;
    const own = /** @type {import("./own.js").Own | null} */ (/** @type {any} */ (page.store.mine));
    const verdict = good === undefined ? "checking" : good === null ? "partly" : good ? "good" : "bad";
    const receipt = act.sealed ?? act.receipt;
    const facts = [
      ["tender", `${sale ? inLanguage(sale.title) : ""} ${tender?.tender ?? ""}`],
      ["section", act.frame.section],
      ["bidder", `${own?.name ?? ""} (${event.bidder ?? own?.bidder ?? ""})`],
      ["version", event.version ?? ""],
      ["at", `${dateText(event.at_us).slice(0, 10)} ${exactTimeText(event.at_us)}`],
      ["number", act.sealed?.number ?? "—"],
    ];
    return html`<section class="panel receipt-panel" aria-labelledby="receipt-panel-title">
      <h2 id="receipt-panel-title">${t("obid.receipt")}</h2>
      <div class="receipt-body">
        <dl>${facts.map(([name, value]) => html`<div><dt>${t(`obid.receipt.${name}`)}</dt><dd class=${name === "number" || name === "at" ? "number" : ""}>${value}</dd></div>`)}
          <div><dt>${t("obid.receipt.signed")}</dt><dd><span class="receipt-is-${verdict}" role="status">${t(`obid.receipt.is.${act.sealed ? verdict : "placed"}`)}</span></dd></div>
        </dl>
        <figure class="receipt-code">${this.code ? html`<img src=${this.code} alt=${t("obid.receipt.code")} width="176" height="176">` : html`<span class="muted">${t("obid.receipt.code")}</span>`}</figure>
      </div>
      <p class="muted">${t("obid.receipt.what")}</p>
      <div class="choices">
        <button type="button" class="button" @click=${() => print()}>${t("obid.receipt.print")}</button>
        ${paperButton(page, act.frame.section)}
        <button type="button" class="button button-main receipt-save" @click=${() => saveJson(`luochui-${page.sale}-${act.frame.section}-v${event.version}.json`, receipt)}>${t("obid.receipt.save")}</button>
      </div>
    </section>`;
  }
}

/** @param {string} name @param {unknown} receipt */
function saveJson(name, receipt) {
  save(name, new Blob([JSON.stringify(receipt, null, 2), "\n"], { type: "application/json" }));
}

customElements.define("lc-receipt-panel", ReceiptPanel);

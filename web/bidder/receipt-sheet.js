// @ts-check
/** A receipt, shown, checked on the spot and handed over. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { checkReceipt } from "../shared/receipt.js";

export class ReceiptSheet extends LitElement {
  static properties = { receipt: { state: true }, findings: { state: true } };

  constructor() {
    super();
    /** @type {import("../shared/frames.js").Receipt | null} */
    this.receipt = null;
    /** @type {import("../shared/receipt.js").Finding[]} */
    this.findings = [];
    this.named = "";
  }

  createRenderRoot() {
    return this;
  }

  /**
   * @param {import("../shared/frames.js").Receipt} receipt
   * @param {{key?: string, rules?: string, named: string}} about the house's key and rules as the page knows them; what the file is to be called
   */
  async show(receipt, { key, rules, named }) {
    this.findings = [];
    this.receipt = receipt;
    this.named = named;
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
    this.findings = await checkReceipt(receipt, { key, rules });
  }

  render() {
    const { receipt, findings } = this;
    if (!receipt) return nothing;
    const verdict = findings.some(({ good }) => good === false) ? "bad" : findings.some(({ good }) => good === null) ? "partly" : "good";
    return html`<dialog class="sheet receipt" aria-labelledby="receipt-title" @close=${() => (this.receipt = null)}>
      <h2 id="receipt-title">${t("receipt.title")}</h2>
      <p class="receipt-verdict receipt-${verdict}">${findings.length ? t(`receipt.${verdict}`) : t("receipt.checking")}</p>
      <ul class="findings">
        ${findings.map(({ check, good }) => html`<li class="finding-${good}"><i aria-hidden="true">${good ? "✓" : good === null ? "?" : "✗"}</i>${t(`receipt.check.${check}`)}<span class="out-of-sight">${t(`receipt.is.${good}`)}</span></li>`)}
      </ul>
      <details><summary>${t("receipt.text")}</summary><pre class="code">${JSON.stringify(receipt, null, 2)}</pre></details>
      <div class="choices">
        <button class="button" @click=${this.#download}>${t("receipt.download")}</button>
        <button class="button button-main" autofocus @click=${() => this.querySelector("dialog")?.close()}>${t("close")}</button>
      </div>
    </dialog>`;
  }

  #download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(this.receipt, null, 2), "\n"], { type: "application/json" }));
    link.download = `${this.named}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
}

customElements.define("lc-receipt-sheet", ReceiptSheet);

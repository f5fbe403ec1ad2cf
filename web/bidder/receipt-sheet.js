// @ts-check
/** A receipt, shown, checked on the spot and handed over. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { languages, t } from "../shared/i18n.js";
import { getJson, getText, saleUrl } from "../shared/house.js";
import { checkReceipt } from "../shared/receipt.js";
import { traced } from "./tracing.js";

export class ReceiptSheet extends LitElement {
  static properties = { receipt: { state: true }, findings: { state: true }, trace: { state: true } };

  constructor() {
    super();
    /** @type {import("../shared/frames.js").Receipt | null} */
    this.receipt = null;
    /** @type {import("../shared/receipt.js").Finding[]} */
    this.findings = [];
    /** Where it stands in the log; null while it is looked for. @type {import("./tracing.js").Traced | null} */
    this.trace = null;
    this.named = "";
    this.sale = "";
    this.seq = 0;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  /**
   * @param {import("../shared/frames.js").Receipt} receipt
   * @param {{key?: string, rules?: string, sale: string, seq: number}} about the house's key and rules as the page knows them; which record it is
   */
  async show(receipt, { key, rules, sale, seq }) {
    this.findings = [];
    this.trace = null;
    this.receipt = receipt;
    this.sale = sale;
    this.seq = seq;
    this.named = `luochui-${sale}-${seq}`;
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
    this.findings = await checkReceipt(receipt, { key, rules });
    const trace = await traced(receipt, {
      checkpoint: () => getText(saleUrl(sale, "/log/checkpoint")),
      inclusion: (seq_, size) => getJson(saleUrl(sale, `/log/inclusion?seq=${seq_}&size=${size}`)),
    });
    if (this.receipt === receipt) this.trace = trace;
  }

  render() {
    const { receipt, findings } = this;
    if (!receipt) return nothing;
    const verdict = findings.some(({ good }) => good === false) || this.trace?.good === false ? "bad" : findings.some(({ good }) => good === null) ? "partly" : "good";
    return html`<dialog class="sheet receipt" aria-labelledby="receipt-title" @close=${() => (this.receipt = null)}>
      <h2 id="receipt-title">${t("receipt.title")}</h2>
      <p class="receipt-verdict receipt-${verdict}">${findings.length ? t(`receipt.${verdict}`) : t("receipt.checking")}</p>
      <ul class="findings">
        ${findings.map(({ check, good }) => html`<li class="finding-${good}"><i aria-hidden="true">${good ? "✓" : good === null ? "?" : "✗"}</i>${t(`receipt.check.${check}`)}<span class="out-of-sight">${t(`receipt.is.${good}`)}</span></li>`)}
        ${findings.length ? this.#traced() : nothing}
      </ul>
      <div class="receipt-record">
        <a href=${`record#seq=${this.seq}`} target="_blank" rel="noopener">${t("receipt.record", { seq: this.seq })}</a>
        <img src=${`record.svg?seq=${this.seq}`} alt=${t("receipt.code")} width="128" height="128">
      </div>
      <details><summary>${t("receipt.text")}</summary><pre class="code">${JSON.stringify(receipt, null, 2)}</pre></details>
      <div class="choices">
        <button class="button" @click=${this.#download}>${t("receipt.download")}</button>
        <button class="button button-main" autofocus @click=${() => this.querySelector("dialog")?.close()}>${t("close")}</button>
      </div>
    </dialog>`;
  }

  #traced() {
    const { trace } = this;
    if (!trace) return html`<li><i aria-hidden="true">…</i>${t("receipt.tracing")}</li>`;
    const { good, size } = trace;
    return html`<li class="finding-${good}"><i aria-hidden="true">${good ? "✓" : good === null ? "?" : "✗"}</i>${size ? t("receipt.check.log", { size }) : t("receipt.untraced")}<span class="out-of-sight">${t(`receipt.is.${good}`)}</span></li>`;
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

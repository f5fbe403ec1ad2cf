// @ts-check
/** The result of a closed sale: provisional until auctioneer and supervisor have signed the integrity report (完整性报告). */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { waits } from "./acts.js";
import { getJson, saleUrl } from "./house.js";
import { t } from "./i18n.js";

export class Signing extends LitElement {
  static properties = { page: { attribute: false }, report: { state: true } };

  constructor() {
    super();
    /** @type {import("./live-page.js").LivePage | null} */
    this.page = null;
    /** The digest of the report, once it is known. @type {string | null} */
    this.report = null;
    this.asked = false;
  }

  createRenderRoot() {
    return this;
  }

  willUpdate() {
    if (this.page?.store.sale?.phase === "closed" && !this.asked) void this.#find();
  }

  async #find() {
    this.asked = true;
    try {
      const papers = await getJson(saleUrl(/** @type {import("./live-page.js").LivePage} */ (this.page).sale, "/papers"));
      this.report = papers.report;
    } catch {
      this.asked = false; // Asked again with the next change.
    }
  }

  render() {
    const { page, report } = this;
    const sale = page?.store.sale;
    if (!page || sale?.phase !== "closed") return nothing;
    const role = page.store.welcome?.role ?? "";
    const signed = sale.signed?.includes(role);
    const may = role === "auctioneer" || role === "supervisor";
    const sent = page.acts?.list.some((act) => act.frame.type === "sign_result" && waits(act, page.connection.clock.now_us()));
    return html`<section class="panel signing">
      <h2>${t(`result.${sale.result}`)}</h2>
      <p>${t("result.report")} <span class="code">${report ?? t("result.report-none")}</span></p>
      <p>${t("result.signed", { roles: (sale.signed ?? []).map((one) => t(`role.${one}`)).join("、") || "—" })}</p>
      ${may && !signed ? html`<button class="button button-main" ?disabled=${!report || sent || !page.connection.live} @click=${() => page.connection.ask({ type: "sign_result", report })}>${t(sent ? "why.sent" : "result.sign")}</button>` : nothing}
      <a href="${saleUrl(page.sale, "/papers/integrity.json")}">${t("result.open")}</a>
    </section>`;
  }
}

customElements.define("lc-signing", Signing);

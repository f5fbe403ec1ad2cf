// @ts-check
/** The result of a closed sale: provisional until auctioneer and supervisor have signed the integrity report (完整性报告). */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { waits } from "./acts.js";
import { askingOf } from "./asking.js";
import { getJson, saleUrl } from "./house.js";
import { spoken, t } from "./i18n.js";

/** @typedef {import("./live-page.js").LivePage} LivePage */

const SIGNERS = ["auctioneer", "supervisor"];
const AGAIN_MS = 5_000;

/** Whether this officer has still to sign. @param {LivePage} page */
function due({ store: { sale, welcome } }) {
  return sale?.phase === "closed" && SIGNERS.includes(welcome?.role ?? "") && !sale.signed?.includes(welcome?.role ?? "");
}

/** Reads the digest back before it is signed. @param {LivePage} page @returns {import("./asking.js").Question} */
export function reportQuestion(page) {
  const report = () => /** @type {Signing | null} */ (page.querySelector("lc-signing"))?.report ?? null;
  return {
    title: () => t("asking.sign"),
    act: () => t("result.sign"),
    body: () => html`<p class="muted">${t("asking.sign.more")}</p><p class="code">${report() ?? t("result.report-none")}</p>`,
    send: () => {
      const digest = report();
      if (digest === null) return t("result.report-none");
      page.connection.ask({ type: "sign_result", report: digest });
      return null;
    },
  };
}

export class Signing extends LitElement {
  static properties = { page: { attribute: false }, report: { state: true } };

  constructor() {
    super();
    /** @type {LivePage | null} */
    this.page = null;
    /** The digest of the report, once it is known. @type {string | null} */
    this.report = null;
    this.asked = false;
  }

  createRenderRoot() {
    return this;
  }

  willUpdate() {
    if (this.page?.store.sale?.phase === "closed" && !this.asked) void this.#find(this.page);
  }

  /** Until there is a report. @param {LivePage} page */
  async #find(page) {
    this.asked = true;
    for (;;) {
      try {
        this.report = (await getJson(saleUrl(page.sale, "/papers"))).report ?? null;
      } catch {
        this.report = null; // Not ready, or the house is away.
      }
      if (this.report !== null) return;
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }

  render() {
    const { page, report } = this;
    const sale = page?.store.sale;
    if (!page || sale?.phase !== "closed") return nothing;
    const sent = page.acts?.list.some((act) => act.frame.type === "sign_result" && waits(act, page.connection.clock.now_us()));
    const roles = (sale.signed ?? []).map((one) => t(`role.${one}`)).join(spoken() === "en" ? ", " : "、");
    return html`<section class="panel signing">
      <h2>${t(`result.${sale.result}`)}</h2>
      <p>${t("result.report")} <a class="code" href="${saleUrl(page.sale, "/papers/integrity.json")}" title=${t("result.open")}>${report ?? t("result.report-none")}</a></p>
      <p>${t("result.signed", { roles: roles || "—" })}</p>
      ${due(page) ? html`<button class="button button-main" ?disabled=${!report || sent || !page.connection.live} @click=${() => askingOf(page)?.ask(reportQuestion(page))}><kbd>g</kbd> ${t(sent ? "why.sent" : "result.sign")}</button>` : nothing}
    </section>`;
  }
}

customElements.define("lc-signing", Signing);

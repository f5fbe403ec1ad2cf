// @ts-check
/** The front door: which sales there are, and which page is for whom. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { getJson } from "../shared/house.js";
import { inLanguage, t } from "../shared/i18n.js";
import { PlainPage } from "../shared/plain-page.js";
import { start } from "../shared/start.js";

const COUNTS = { auction: "index.counts", quota: "index.counts-quota", opening: "index.counts-opening" };
const FIGURES = { auction: "page.figures", quota: "page.quota-result", opening: "page.opening-result" };
const PUBLIC = new Set(["hall", "record", "figures"]);

/** @typedef {{id: string, title: {zh: string, en: string}, phase: string, kind: "auction" | "quota" | "opening", lots: number, sold: number}} Sale */

class Index extends PlainPage {
  static properties = { sales: { state: true } };
  static named = "page.index";
  static refreshes = true;

  constructor() {
    super();
    /** @type {Sale[] | null} */
    this.sales = null;
  }

  async load() {
    this.sales = await getJson("/api/sales");
  }

  render() {
    return html`<lc-bar named="page.index"></lc-bar>
      <main>
        <section class="welcome">
          <lc-plate plate="豫H8H888"></lc-plate>
          <div>
            <h2>${t("index.title")}</h2>
            <p>${t("index.lead")}</p>
          </div>
        </section>
        <section class="sales" aria-label=${t("index.sales")}>
          <h2>${t("index.sales")}</h2>
          ${this.unanswered()}
          ${this.sales?.length === 0 ? html`<p class="empty panel">${t("index.none")}</p>` : nothing}
          <ul>${repeat(this.sales ?? [], (sale) => sale.id, (sale) => this.#sale(sale))}</ul>
          <p class="series"><a href="/board">${t("index.board")}</a></p>
          <p class="series"><a href="/figures">${t("index.series")}</a></p>
          <p class="series"><a href="/quota">${t("index.quota")}</a></p>
          <p class="series"><a href="/shanghai">${t("index.shanghai")}</a></p>
          <p class="series"><a href="/cluster">${t("index.cluster")}</a></p>
        </section>
        <section class="guide">
          <h2>${t("index.pages")}</h2>
          <dl>
            ${["hall", "record", "figures", "bidder", "rostrum", "supervisor", "admission"].map((page) => html`<div class="panel"><dt>${t(`page.${page}`)} <span class="badge ${PUBLIC.has(page) ? "badge-good" : "badge-muted"}">${t(PUBLIC.has(page) ? "index.public" : "index.by-link")}</span></dt><dd>${t(`index.${page}`)}</dd></div>`)}
          </dl>
          <p class="programs"><a href="/api">${t("index.api")}</a></p>
        </section>
      </main>`;
  }

  /** Where everybody may look at a sale. @param {string} at @param {Sale} sale */
  #links(at, { kind }) {
    return html`<a class="button button-main" href="${at}/hall">${t(kind === "opening" ? "page.opening-hall" : "page.hall")}</a>
      <a class="button" href="${at}/record">${t("page.record")}</a>
      <a class="button" href="${at}/figures">${t(FIGURES[kind] ?? FIGURES.auction)}</a>`;
  }

  /** @param {Sale} sale */
  #sale(sale) {
    const at = `/sales/${encodeURIComponent(sale.id)}`;
    return html`<li class="panel sale">
      <div>
        <h3>${inLanguage(sale.title)} <span class="phase phase-${sale.phase}">${t(`phase.${sale.phase}`)}</span></h3>
        <p class="muted">${t(COUNTS[sale.kind] ?? COUNTS.auction, { n: sale.lots, lots: sale.lots, sold: sale.sold })}</p>
      </div>
      ${this.#links(at, sale)}
    </li>`;
  }
}

await start("lc-index", Index);

// @ts-check
/** The bar on top of every page: which sale, which page, how the connection stands, the time at the house, and how the page is to look. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { chooseLanguage, inLanguage, languages, spoken, t } from "./i18n.js";
import { THEMES, chooseLarge, chooseTheme, followLooks, isLarge, looks, theme } from "./looks.js";
import { spanText, timeText } from "./words.js";

export class Bar extends LitElement {
  static properties = { page: { attribute: false }, named: { type: String } };

  constructor() {
    super();
    /** @type {import("./live-page.js").LivePage | null} */
    this.page = null;
    this.named = "";
    languages.on("change", () => this.requestUpdate());
    looks.on("change", () => this.requestUpdate());
    followLooks();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    setInterval(() => this.requestUpdate(), 250);
  }

  render() {
    const sale = this.page?.store.sale;
    return html`<header class="bar">
      <button class="button skip" @click=${toContent}>${t("skip")}</button>
      <a class="brand" href="/" aria-label=${t("house.home")}><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M4 27h15" /><path d="m12 13 12 12" /><path class="brand-head" d="m5.5 11.5 8-8 6 6-8 8z" /></svg><b>${t("house")}</b></a>
      <div class="bar-title">
        <h1>${sale ? inLanguage(sale.title) : t("house.tagline")}</h1>
        ${sale ? html`<span class="phase phase-${sale.phase}">${t(`phase.${sale.phase}`)}</span>` : nothing}
        ${this.page ? copiesBadge(this.page.store) : nothing}
      </div>
      <span class="bar-page">${this.named ? t(this.named) : nothing}</span>
      ${this.page ? this.#connection(this.page.connection) : nothing}
      <span class="looks" role="group" aria-label=${t("looks")}>
        <button aria-pressed=${isLarge()} title=${t("looks.large.title")} @click=${() => chooseLarge(!isLarge())}>${t("looks.large")}</button>
        <button title=${t("looks.theme.title")} aria-label=${t(`looks.theme.${theme()}.name`)} @click=${() => chooseTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length])}>${t(`looks.theme.${theme()}`)}</button>
      </span>
      <span class="language" role="group" aria-label=${t("language")}>
        <button lang="zh-CN" aria-pressed=${spoken() === "zh-CN"} @click=${() => chooseLanguage("zh-CN")}>中文</button>
        <button lang="en" aria-pressed=${spoken() === "en"} @click=${() => chooseLanguage("en")}>EN</button>
      </span>
      ${this.page ? html`<p class="out-of-sight" aria-live="assertive">${this.page.heralded}</p>` : nothing}
    </header>`;
  }

  /** @param {import("./socket.js").Connection} connection */
  #connection({ state, clock }) {
    const rtt = clock.rtt_us();
    return html`<span class="clock" title=${t("clock.title")}>
        <time>${clock.known ? timeText(clock.house_us()) : "--:--:--"}</time>
        <small>${clock.known ? `±${spanText(clock.uncertainty_us())}` : t("clock.unknown")}</small>
      </span>
      <span class="connection connection-${state}" title=${t(`connection.${state}.title`)}>
        <i aria-hidden="true"></i><span>${t(`connection.${state}`)}</span><small>${state === "live" && rtt !== null ? spanText(rtt) : ""}</small>
      </span>`;
  }
}

/** How good each way is in which a record is kept. */
const KEPT = { one: "warn", sync: "good", async: "calm", alone: "warn" };

/** In how many places the record is kept, and how far the second is behind. @param {import("./store.js").Store} store */
function copiesBadge({ copies, behind }) {
  if (!copies) return nothing;
  const late = copies.copies === "async" && behind > 0;
  const said = late ? t("copies.behind", { n: behind }) : t(`copies.${copies.copies}`);
  const title = t(`copies.${copies.copies}.title`, { at: timeText(copies.since_us) });
  return html`<span class="badge copies badge-${late ? "warn" : KEPT[copies.copies]}" title=${title}>${said}</span>`;
}

/** Past the bar, for those who go from button to button. */
function toContent() {
  const main = document.querySelector("main");
  if (!main) return;
  main.tabIndex = -1;
  main.focus();
}

customElements.define("lc-bar", Bar);

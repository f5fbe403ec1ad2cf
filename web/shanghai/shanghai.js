// @ts-check
/** Shanghai's plate auctions, month by month as they were published: plots, the month one looks at, and every figure in a table. */

import { html, nothing } from "../vendor/lit.js";
import { getJson } from "../shared/house.js";
import { spoken, t } from "../shared/i18n.js";
import { PlainPage } from "../shared/plain-page.js";
import { start } from "../shared/start.js";
import { money, scaleMoney } from "../figures/texts.js";
import { count, course, courseLegend } from "./courses.js";
import { hitText } from "./months.js";

/** @typedef {import("./months.js").Month} Month */

class ShanghaiPage extends PlainPage {
  static properties = { months: { state: true }, at: { state: true } };
  static named = "page.shanghai";

  constructor() {
    super();
    /** @type {Month[]} */
    this.months = [];
    /** The month looked at. */
    this.at = 0;
  }

  async load() {
    this.months = (await getJson("/api/shanghai")).months;
    this.at = this.months.length - 1;
  }

  render() {
    return html`<lc-bar named="page.shanghai"></lc-bar>
      <main>
        ${this.unanswered()}
        ${this.months.length ? html`${this.#head()}${this.#month(this.months[this.at])}${this.#plots()}${this.#table()}` : nothing}
      </main>`;
  }

  #head() {
    const { months } = this;
    return html`<section class="panel as-of" aria-labelledby="about">
      <h2 id="about">${t("shanghai.title", { n: months.length, from: months[0].month, to: months[months.length - 1].month })}</h2>
      <p>${t("shanghai.source")}</p>
      <p class="muted">${t("shanghai.gaps")}</p>
      <p class="muted again">${t("shanghai.again")} <code>luochui demo quota --month ${months[this.at].month} --fast</code></p>
      <p class="exports">
        <button class="button button-small" @click=${() => print()}>${t("fig.print")}</button>
        <a class="button button-small" href="/api/shanghai.csv?lang=${spoken()}" download>CSV</a>
        <a class="button button-small" href="/api/shanghai" download="shanghai.json">JSON</a>
      </p>
    </section>`;
  }

  /** @param {Month} month */
  #month(month) {
    const last = this.months.length - 1;
    return html`<section class="looked" aria-label=${t("shanghai.month")}>
      <div class="choose panel">
        <label for="month">${t("shanghai.month")} <b>${month.month}</b></label>
        <input id="month" type="range" min="0" max=${last} .value=${String(this.at)} aria-valuetext=${this.#said(month)}
          @input=${(/** @type {Event} */ event) => (this.at = Number(/** @type {HTMLInputElement} */ (event.target).value))}>
      </div>
      <div class="strip">
        ${shown("shanghai.lowest", money(month.lowest_fen))}${shown("shanghai.average", money(month.average_fen))}
        ${shown("shanghai.plates", count(month.plates))}${shown("shanghai.bidders", count(month.bidders), month.doubt)}
        ${shown("shanghai.hit", hitText(month))}
      </div>
    </section>`;
  }

  /** @param {Month} month */
  #said(month) {
    return t("shanghai.month.says", { month: month.month, lowest: money(month.lowest_fen), average: money(month.average_fen), plates: count(month.plates), bidders: count(month.bidders), hit: hitText(month) });
  }

  #plots() {
    const { months, at } = this;
    const choose = (/** @type {number} */ chosen) => (this.at = chosen);
    const plot = (/** @type {string} */ name, /** @type {((month: Month) => number)[]} */ of, /** @type {(value: number) => string} */ scale, /** @type {(month: Month) => string} */ text) =>
      course({ months, name, of, scale, text, at, choose });
    return html`<section class="panel plots" aria-label=${t("shanghai.plots")}>
      ${courseLegend()}
      <div class="pair">
        ${plot("shanghai.prices", [(month) => month.lowest_fen, (month) => month.average_fen], scaleMoney, (month) => money(month.lowest_fen))}
        ${plot("shanghai.bidders", [(month) => month.bidders], count, (month) => count(month.bidders))}
        ${plot("shanghai.plates", [(month) => month.plates], count, (month) => count(month.plates))}
        ${plot("shanghai.hit", [(month) => month.hit_permille], (value) => `${value / 10}%`, hitText)}
      </div>
    </section>`;
  }

  #table() {
    return html`<section class="panel">
      <h2>${t("shanghai.table")}</h2>
      <div class="scroll all-months" tabindex="0" role="group" aria-label=${t("shanghai.table")}><table>
        <thead><tr><th>${t("shanghai.month")}</th><th class="right">${t("shanghai.plates")}</th><th class="right">${t("shanghai.bidders")}</th><th class="right">${t("shanghai.lowest")}</th><th class="right">${t("shanghai.average")}</th><th class="right">${t("shanghai.hit")}</th></tr></thead>
        <tbody>${this.months.map((month) => html`<tr>
          <th scope="row">${month.month}</th><td class="right">${count(month.plates)}</td>
          <td class="right">${month.doubt ? html`<small>${t(`shanghai.doubt.${month.doubt}`)}</small> ` : nothing}${count(month.bidders)}</td>
          <td class="right">${money(month.lowest_fen)}</td><td class="right">${money(month.average_fen)}</td><td class="right">${hitText(month)}</td></tr>`)}</tbody>
      </table></div>
      <p class="how">${t("shanghai.hit.how")}</p>
    </section>`;
  }
}

/** @param {string} name @param {string} value @param {string | null} [doubt] */
function shown(name, value, doubt = null) {
  return html`<div class="figure"><span class="figure-name">${t(name)}</span><b class="money">${value}</b>${doubt ? html`<small>${t(`shanghai.doubt.${doubt}`)}</small>` : nothing}</div>`;
}

await start("lc-shanghai", ShanghaiPage);

// @ts-check
/** The quota sales of this house that are over, month by month: lowest and average price as a course, and every figure in a table. */

import { html, nothing } from "../vendor/lit.js";
import { getJson } from "../shared/house.js";
import { inLanguage, spoken, t } from "../shared/i18n.js";
import { PlainPage } from "../shared/plain-page.js";
import { start } from "../shared/start.js";
import { timeText } from "../shared/words.js";
import { money, scaleMoney } from "../figures/texts.js";
import { className, counted } from "../quota/words.js";
import { coursePlot } from "../shanghai/course.js";
import { ran } from "../shanghai/courses.js";
import { columns, courses, over } from "./lines.js";

/** @typedef {import("./lines.js").Line} Line @typedef {import("./lines.js").Priced} Priced */

class QuotaMonths extends PlainPage {
  static properties = { lines: { state: true } };
  static named = "page.quota-months";
  static refreshes = true;

  constructor() {
    super();
    /** @type {Line[] | null} */
    this.lines = null;
  }

  async load() {
    this.lines = over((await getJson("/api/quota")).sales);
  }

  render() {
    const { lines } = this;
    return html`<lc-bar named="page.quota-months"></lc-bar>
      <main>
        ${this.unanswered()}
        ${lines ? html`${this.#head(lines)}${lines.length ? html`${this.#plots(lines)}${this.#table(lines)}` : nothing}` : nothing}
      </main>`;
  }

  /** @param {Line[]} lines */
  #head(lines) {
    return html`<section class="panel as-of" aria-labelledby="about">
      <h2 id="about">${t("quota-months.title")}</h2>
      <p class=${lines.length ? "" : "empty"}>${lines.length ? t("quota-months.lead") : t("quota-months.none")}</p>
      <p class="exports">
        ${lines.length
          ? html`<button class="button button-small" @click=${() => print()}>${t("fig.print")}</button>
              <a class="button button-small" href="/api/quota.csv?lang=${spoken()}" download>CSV</a>
              <a class="button button-small" href="/api/quota" download="quota.json">JSON</a>`
          : nothing}
        <a class="button button-small" href="/shanghai">${t("index.shanghai")}</a>
      </p>
    </section>`;
  }

  /** @param {Line[]} lines */
  #plots(lines) {
    const drawn = courses(lines);
    return html`<section class="panel plots" aria-label=${t("shanghai.plots")}>
      ${drawn.length ? nothing : html`<p class="none muted">${t("quota-months.alone")}</p>`}
      ${drawn.map(({ name, months }) => {
        const of = columns(lines).classes ? className(name) : "";
        return html`<div class="pair">
          ${plot(of, months, [{ named: "shanghai.lowest", of: (one) => one.lowest_fen }, { named: "shanghai.average", of: (one) => one.average_fen, dashed: true }], scaleMoney, money)}
          ${plot(of, months, [{ named: "result.offers", of: (one) => one.offers }, { named: "shanghai.plates", of: (one) => one.quota, dashed: true }], counted, counted)}
        </div>`;
      })}
    </section>`;
  }

  /** @param {Line[]} lines */
  #table(lines) {
    const { classes, uniform, drawn } = columns(lines);
    return html`<section class="panel">
      <h2>${t("quota-months.table")}</h2>
      <div class="scroll all-months" tabindex="0" role="group" aria-label=${t("quota-months.table")}><table>
        <thead><tr>
          <th>${t("shanghai.month")}</th><th>${t("series.sale")}</th>${classes ? html`<th>${t("quota-months.class")}</th>` : nothing}
          <th class="right">${t("shanghai.lowest")}</th><th class="right">${t("result.lowest-at")}</th><th class="right">${t("shanghai.average")}</th>
          ${uniform ? html`<th class="right">${t("result.uniform")}</th>` : nothing}
          <th class="right">${t("shanghai.plates")}</th><th class="right">${t("result.offers")}</th><th class="right">${t("quota-months.won")}</th>${drawn ? html`<th class="right">${t("result.drawn")}</th>` : nothing}
        </tr></thead>
        <tbody>${lines.map((line) => html`<tr>
          <th scope="row">${line.month}</th>
          <td><a href="/sales/${encodeURIComponent(line.sale)}/figures">${inLanguage(line.title)}</a> ${line.final ? nothing : html`<span class="badge badge-warn">${t("result.provisional")}</span>`}</td>
          ${classes ? html`<td>${className(line.class)}</td>` : nothing}
          <td class="right"><b>${money(line.lowest_fen)}</b></td>
          <td class="right">${line.lowest_at_us === null ? "—" : html`<time>${timeText(line.lowest_at_us)}</time>`}</td>
          <td class="right">${money(line.average_fen)}</td>
          ${uniform ? html`<td class="right">${money(line.uniform_fen)}</td>` : nothing}
          <td class="right">${counted(line.quota)}</td><td class="right">${counted(line.offers)}</td>
          <td class="right">${counted(line.winners)}${line.share ? html` <small>${line.share}</small>` : nothing}</td>${drawn ? html`<td class="right">${counted(line.drawn)}</td>` : nothing}</tr>`)}</tbody>
      </table></div>
      <p class="how">${t("quota-months.how")}</p>
    </section>`;
  }
}

/**
 * @param {string} of the class, if there is more than one
 * @param {Priced[]} months
 * @param {{named: string, of: (one: Priced) => number, dashed?: boolean}[]} lines
 * @param {(value: number) => string} scale
 * @param {(value: number) => string} text
 */
function plot(of, months, lines, scale, text) {
  const [first] = lines;
  const says = ran(`${of} ${t(first.named)}`.trim(), months, first.of, (month) => text(first.of(month)));
  return html`<div><h3>${of} ${lines.map(({ named, dashed }) => html`<span class="drawn-so"><svg viewBox="0 0 18 18" aria-hidden="true"><path class=${dashed ? "course-line course-dashed" : "course-line"} d="M0 9h18" /></svg> ${t(named)}</span>`)}</h3>
    ${coursePlot({ says, months, lines, scale })}</div>`;
}

await start("lc-quota-months", QuotaMonths);

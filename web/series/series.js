// @ts-check
/** The sales of this house in a row, and the customer's published lines, taken apart and checked. */

import { html, nothing } from "../vendor/lit.js";
import { getJson } from "../shared/house.js";
import { inLanguage, spoken, t } from "../shared/i18n.js";
import { PlainPage } from "../shared/plain-page.js";
import { start } from "../shared/start.js";
import { channelText, dateText } from "../shared/words.js";
import { barPlot, legend, sharePlot } from "../figures/plots.js";
import { percent } from "../figures/scales.js";
import { count, course, courseLegend } from "../shanghai/courses.js";
import { NONE, money, plain, printedYi, scaleMoney, yi } from "../figures/texts.js";

/** @typedef {import("../figures/types.js").Series} Series @typedef {import("../figures/types.js").SeriesSale} SeriesSale */

class SeriesPage extends PlainPage {
  static properties = { series: { state: true }, months: { state: true } };
  static named = "page.series";
  static refreshes = true;

  constructor() {
    super();
    /** @type {Series | null} */
    this.series = null;
    /** @type {import("../shanghai/months.js").Month[]} */
    this.months = [];
  }

  async load() {
    this.series = await getJson("/api/figures");
    if (!this.months.length) this.months = (await getJson("/api/shanghai")).months;
  }

  render() {
    const { series } = this;
    return html`<lc-bar named="page.series"></lc-bar>
      <main>
        ${this.unanswered()}
        ${series ? html`${this.#total(series)}${this.#sales(series)}${this.#shares(series)}${this.#published(series)}${this.months.length ? this.#shanghai() : nothing}` : nothing}
      </main>`;
  }

  /** @param {Series} series */
  #total({ total }) {
    return html`<section class="strip" aria-label=${t("series.total")}>
      ${figure("series.sales", plain(total.sales))}
      ${figure("fig.turnover", money(total.turnover_fen))}
      ${figure("fig.opening", money(total.opening_fen))}
      ${figure("series.gained", money(total.gained_fen))}
      ${figure("fig.premium", plain(total.premium))}
      ${figure("fig.sold", html`${plain(total.sold)}<i> / ${plain(total.lots)}</i>`)}
      ${figure("fig.average", money(total.average_fen))}
      ${figure("fig.bids", plain(total.bids))}
    </section>`;
  }

  /** @param {Series} series */
  #sales({ sales, total }) {
    const bar = (/** @type {SeriesSale} */ sale, /** @type {number} */ at, /** @type {number} */ value, /** @type {string} */ text) => ({
      label: sale.opened_at_us === null ? String(at + 1) : dateText(sale.opened_at_us).slice(0, 10),
      value,
      text,
      title: `${inLanguage(sale.title)}: ${text}`,
      open: () => location.assign(page(sale)),
    });
    const known = sales.filter((sale) => sale.turnover_fen);
    const turnovers = known.map((sale, at) => ({ ...bar(sale, at, sale.turnover_fen ?? 0, money(sale.turnover_fen)), part: sale.opening_fen ?? 0 }));
    const premiums = known.filter((sale) => sale.premium !== null).map((sale, at) => bar(sale, at, Math.max(0, parseFloat(sale.premium ?? "0")), sale.premium ?? ""));
    return html`<section class="panel" id="by-sale" tabindex="-1">
      <h2>${t("series.by-sale")} <a class="button button-small csv" href="/api/figures.csv?lang=${spoken()}" download aria-label=${t("fig.csv-of", { table: t("series.by-sale") })}>CSV</a></h2>
      ${known.length
        ? html`<div class="pair">
            <div><h3>${t("fig.turnover")} <small class="muted">${t("series.part")}</small></h3>${barPlot({ says: t("series.turnover.says", { n: known.length, sum: money(total.turnover_fen) }), bars: turnovers, scale: scaleMoney, size: "half" })}</div>
            <div><h3>${t("fig.premium")}</h3>${barPlot({ says: t("series.premium.says", { n: premiums.length, premium: plain(total.premium) }), bars: premiums, scale: (value) => `${Math.round(value)}%`, size: "half" })}</div>
          </div>`
        : nothing}
      <div class="scroll" tabindex="0" role="group" aria-label=${t("series.by-sale")}><table>
        <thead><tr><th>${t("series.opened")}</th><th>${t("series.sale")}</th><th class="right">${t("fig.sold")}</th><th class="right">${t("fig.passed")}</th><th class="right">${t("fig.opening")}</th><th class="right">${t("fig.turnover")}</th><th class="right">${t("fig.premium")}</th><th>${t("fig.top")}</th><th class="right">${t("fig.bids")}</th><th class="right">${t("fig.bidders")}</th></tr></thead>
        <tbody>${sales.map((sale) => row(sale))}</tbody>
        <tfoot><tr><th scope="row" colspan="2">${t("series.total")}</th><td class="right">${plain(total.sold)} / ${plain(total.lots)}</td><td class="right">${plain(total.passed)}</td><td class="right">${money(total.opening_fen)}</td><td class="right"><b>${money(total.turnover_fen)}</b></td><td class="right">${plain(total.premium)}</td><td></td><td class="right">${plain(total.bids)}</td><td></td></tr></tfoot>
      </table></div>
      <p class="how">${t("series.rate")}</p>
      <p class="exports"><a class="button button-small" href="/quota">${t("index.quota")}</a> <a class="button button-small" href="/shanghai">${t("index.shanghai")}</a></p>
    </section>`;
  }

  /** @param {Series} series */
  #shares({ total: { hall, online } }) {
    const rows = [
      { label: t("fig.lots"), hall: hall.sold ?? 0, online: online.sold ?? 0, hall_text: plain(hall.sold), online_text: plain(online.sold) },
      { label: t("fig.amount"), hall: hall.turnover_fen ?? 0, online: online.turnover_fen ?? 0, hall_text: money(hall.turnover_fen), online_text: money(online.turnover_fen) },
      { label: t("fig.bids"), hall: hall.bids ?? 0, online: online.bids ?? 0, hall_text: plain(hall.bids), online_text: plain(online.bids) },
    ];
    const says = `${t("fig.share")}: ${rows.map((each) => `${each.label} ${percent(each.hall, each.hall + each.online)} / ${percent(each.online, each.hall + each.online)}`).join("; ")}`;
    return html`<section class="panel">
      <h2>${t("fig.share")}</h2>
      ${legend(channelText("hall"), channelText("online"))}
      ${sharePlot({ says, rows })}
      <div class="scroll" tabindex="0" role="group" aria-label=${t("fig.share")}><table>
        <thead><tr><td></td><th class="right">${channelText("hall")}</th><th class="right">${channelText("online")}</th></tr></thead>
        <tbody>${rows.map((each) => html`<tr><th scope="row">${each.label}</th><td class="right">${each.hall_text}</td><td class="right">${each.online_text}</td></tr>`)}</tbody>
      </table></div>
    </section>`;
  }

  /** @param {Series} series */
  #published({ published: { source, lines } }) {
    return html`<section class="panel">
      <h2>${t("published.title")}</h2>
      <p class="how">${t("published.source", { source: inLanguage(source) })}</p>
      <p class="how">${t("published.how")}</p>
      <div class="scroll" tabindex="0" role="group" aria-label=${t("published.title")}><table>
        <thead>
          <tr><th rowspan="2">${t("published.period")}</th><th rowspan="2" class="right">${t("published.projects")}</th><th colspan="4">${t("published.procurement")}</th><th colspan="4">${t("published.sale")}</th><th colspan="3">${t("published.turnover")}</th></tr>
          <tr>${["B", "S", "P", "saving"].map((name) => html`<th class="right">${t(`published.${name}`)}</th>`)}${["A", "I", "D", "gain"].map((name) => html`<th class="right">${t(`published.${name}`)}</th>`)}<th class="right">${t("published.printed")}</th><th class="right">${t("published.worked")}</th><th>${t("published.agrees")}</th></tr>
        </thead>
        <tbody>${lines.map((line) => html`<tr>
          <th scope="row">${line.from === line.to ? line.from : `${line.from} – ${line.to}`}</th><td class="right">${line.projects}</td>
          <td class="right">${yi(line.budget_fen)}</td><td class="right">${printedYi(line.saved_fen)}</td><td class="right">${yi(line.paid_fen)}</td><td class="right"><b>${line.saving_rate}</b></td>
          <td class="right">${yi(line.base_fen)}</td><td class="right">${printedYi(line.gained_fen)}</td><td class="right">${yi(line.got_fen)}</td><td class="right"><b>${line.gain_rate}</b></td>
          <td class="right"><b>${printedYi(line.turnover_fen)}</b></td><td class="right">${yi(line.worked_fen)} <small>[${yi(line.worked_least_fen)}, ${yi(line.worked_most_fen)}]</small></td>
          <td class=${line.agrees ? "good" : "bad"}>${t(line.agrees ? "published.yes" : "published.no")}</td></tr>`)}</tbody>
      </table></div>
      <ul class="splits">${lines.map((line) => html`<li>${t("published.split", { period: line.from === line.to ? line.from : `${line.from} – ${line.to}`, share: line.sale_share, gain: line.gain_rate, saving: line.saving_rate })}</li>`)}</ul>
      <p class="how">${t("published.trap")}</p>
    </section>`;
  }

  #shanghai() {
    const { months } = this;
    return html`<section class="panel" id="shanghai">
      <h2>${t("shanghai.title", { n: months.length, from: months[0].month, to: months[months.length - 1].month })} <a class="button button-small csv" href="/api/shanghai.csv?lang=${spoken()}" download aria-label=${t("fig.csv-of", { table: t("shanghai.table") })}>CSV</a></h2>
      <p class="how">${t("shanghai.source")}</p>
      ${courseLegend()}
      <div class="pair">
        ${course({ months, name: "shanghai.prices", of: [(month) => month.lowest_fen, (month) => month.average_fen], scale: scaleMoney, text: (month) => money(month.lowest_fen) })}
        ${course({ months, name: "shanghai.bidders", of: [(month) => month.bidders], scale: count, text: (month) => count(month.bidders) })}
      </div>
      <p class="exports"><a class="button button-small" href="/shanghai">${t("index.shanghai")}</a></p>
    </section>`;
  }
}

/** A total, which leads to the sales it was added up from. @param {string} name @param {unknown} value */
function figure(name, value) {
  return html`<a class="figure" href="#by-sale"><span class="figure-name">${t(name)}</span><b class="money">${value}</b></a>`;
}

/** @param {SeriesSale} sale */
function row(sale) {
  return html`<tr>
    <td>${sale.opened_at_us === null ? t(`phase.${sale.phase}`) : html`<time>${dateText(sale.opened_at_us).slice(0, 10)}</time>`}</td>
    <td><a href=${page(sale)}>${inLanguage(sale.title)}</a> ${sale.final ? nothing : html`<span class="badge badge-warn">${t("fig.live")}</span>`}</td>
    <td class="right">${sale.sold} / ${sale.lots}</td><td class="right">${sale.passed}</td><td class="right">${money(sale.opening_fen)}</td>
    <td class="right"><b>${money(sale.turnover_fen)}</b></td><td class="right">${plain(sale.premium)}</td>
    <td>${sale.top ? html`<span class="plate-word">${sale.top.plate}</span> ${money(sale.top.hammer_fen)}` : NONE}</td>
    <td class="right">${plain(sale.bids)}</td><td class="right">${plain(sale.bidders)}</td></tr>`;
}

/** @param {SeriesSale} sale */
function page(sale) {
  return `/sales/${encodeURIComponent(sale.sale)}/figures`;
}

await start("lc-series", SeriesPage);

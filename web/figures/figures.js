// @ts-check
/** One sale in figures: live while it runs, final afterwards; each figure leads to the lots and records it was computed from. */

import { html, nothing } from "../vendor/lit.js";
import { getJson, saleUrl } from "../shared/house.js";
import { knows, spoken, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { channelText, dateText, exactTimeText } from "../shared/words.js";
import { asked, lotsBehind, recordLink } from "./behind.js";
import { barPlot, legend, sharePlot } from "./plots.js";
import { percent } from "./scales.js";
import { NONE, between, delay, edge, lasting, money, plain, scaleMoney } from "./texts.js";

/** @typedef {import("./types.js").SaleFigures} SaleFigures @typedef {import("./types.js").LotFigures} LotFigures */

/** So often figures are asked for while a sale runs, and refusals, which move no screen, are among them. */
const REFRESH_MS = 3000;

const CHANNELS = /** @type {const} */ (["hall", "online"]);

class FiguresPage extends LivePage {
  static named = "page.figures";
  static properties = { figures: { state: true }, behind: { state: true }, of: { state: true } };

  constructor() {
    super();
    /** @type {SaleFigures | null} */
    this.figures = null;
    /** The figure whose lots or records are shown. */
    this.of = asked(location.hash);
    /** Its records, if it is counted from records. @type {import("./types.js").Behind | null} */
    this.behind = null;
    this.failed = false;
    addEventListener("hashchange", () => this.#look());
    void this.#load();
    setInterval(() => document.visibilityState === "visible" && !this.#settled() && void this.#load(), REFRESH_MS);
  }

  /** @param {import("../shared/frames.js").Frame} frame */
  changed(frame) {
    if (frame.type === "picture" || this.store.sale?.phase === "closed") void this.#load();
  }

  keys() {
    return [
      { key: "p", says: "fig.print", run: () => print() },
      { key: "escape", says: "fig.shut", run: () => this.#shut() },
    ];
  }

  /** Whether nothing can change any more. */
  #settled() {
    return this.figures !== null && this.figures.final && this.figures.counted === this.figures.seq && !this.failed;
  }

  async #load() {
    const first = this.figures === null;
    try {
      this.figures = await getJson(saleUrl(this.sale, "/figures"));
      this.failed = false;
      if (first && this.of) void this.#loadBehind();
    } catch {
      this.failed = true;
      this.requestUpdate();
    }
  }

  #look() {
    this.of = asked(location.hash);
    this.behind = null;
    if (this.of) void this.#loadBehind();
  }

  async #loadBehind() {
    const { of } = this;
    await this.updateComplete;
    const section = /** @type {HTMLElement | null} */ (this.querySelector(".behind"));
    section?.focus();
    if (!of || !this.figures || lotsBehind(of, this.figures)) return;
    try {
      const behind = await getJson(saleUrl(this.sale, `/figures/records?of=${encodeURIComponent(of)}`));
      if (this.of === of) this.behind = behind;
    } catch {
      // Nothing is known of such a figure, or no longer to be known.
    }
  }

  #shut() {
    if (!this.of) return;
    const back = /** @type {HTMLElement | null} */ (this.querySelector(`a[href="#of=${CSS.escape(this.of)}"]`));
    history.pushState(history.state, "", location.pathname + location.search);
    this.#look();
    back?.focus();
  }

  render() {
    const { figures } = this;
    return html`<lc-bar .page=${this} named="page.figures"></lc-bar>
      ${statusLine(this)}
      <main>
        ${figures ? this.#all(figures) : html`<p class="panel empty">${t(this.failed ? "status.no-house" : "hall.connecting")}</p>`}
      </main>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  /** @param {SaleFigures} figures */
  #all(figures) {
    return html`${this.#head(figures)}
      ${this.#strip(figures)}
      ${this.of ? this.#behind(figures, this.of) : nothing}
      ${this.#prices(figures)}
      ${this.#channels(figures)}
      ${this.#delays(figures)}
      ${this.#refusals(figures)}`;
  }

  /** @param {SaleFigures} figures */
  #head(figures) {
    const counting = figures.counted < figures.seq;
    return html`<section class="panel as-of" aria-label=${t("fig.as-of")}>
      <p><span class="badge ${figures.final ? "badge-good" : "badge-warn"}">${t(figures.final ? "fig.final" : "fig.live")}</span>
        ${figures.at_us === null ? nothing : t("fig.as-of-record", { seq: figures.seq, date: dateText(figures.at_us).slice(0, 10), time: exactTimeText(figures.at_us) })}
        ${counting ? t("fig.counting", { counted: figures.counted, seq: figures.seq }) : nothing}
        ${this.failed ? html`<b class="bad">${t("status.no-house")}</b>` : nothing}</p>
      <p class="as-of-times muted">
        ${figures.opened_at_us === null ? nothing : html`<span>${t("fig.opened-at", { at: dateText(figures.opened_at_us) })}</span>`}
        ${figures.closed_at_us === null ? nothing : html`<span>${t("fig.closed-at", { at: dateText(figures.closed_at_us) })}</span>`}
        <span class="digest">${t("fig.rules")} <span class="code">${figures.rules.slice(0, 16)}</span></span>
        <span class="digest">${t("fig.record-head")} <span class="code">${figures.head.slice(0, 16)}</span></span></p>
      <p class="exports">
        <button class="button button-small" @click=${() => print()}>${t("fig.print")}</button>
        <a class="button button-small" href=${saleUrl(this.sale, "/figures.json")} download>${t("fig.export.json")}</a>
        <a class="button button-small" href="record">${t("page.record")}</a>
        <a class="button button-small" href="/figures">${t("page.series")}</a>
      </p>
    </section>`;
  }

  /** @param {SaleFigures} figures */
  #strip(figures) {
    const { top } = figures;
    return html`<section class="strip" aria-label=${t("figures.title")}>
      ${this.#figure("top", top ? html`<lc-plate class="plate-small" .plate=${top.plate}></lc-plate>${money(top.hammer_fen)}` : NONE, "", "strip-top")}
      ${this.#figure("turnover", money(figures.turnover_fen))}
      ${this.#figure("premium", plain(figures.premium))}
      ${this.#figure("opening", money(figures.opening_fen))}
      ${this.#figure("average", money(figures.average_fen))}
      ${this.#figure("sold", html`${figures.sold}<i> / ${figures.lots}</i>`)}
      ${this.#figure("passed", plain(figures.passed))}
      ${this.#figure("bids", plain(figures.bids), figures.refused === null ? "" : t("fig.and-refused", { n: figures.refused }))}
      ${this.#figure("bids-per-lot", plain(figures.bids_per_lot))}
      ${this.#figure("bidders", plain(figures.bidders))}
      ${this.#figure("minutes", lasting(figures.lot_ms))}
    </section>`;
  }

  /**
   * @param {string} of
   * @param {unknown} value
   * @param {string} [more]
   * @param {string} [kind]
   */
  #figure(of, value, more = "", kind = "") {
    return html`<a class="figure ${kind}" href="#of=${of}" aria-current=${this.of === of ? "true" : nothing}>
      <span class="figure-name">${t(`fig.${of}`)}</span><b class="money">${value}</b>${more ? html`<small>${more}</small>` : nothing}</a>`;
  }

  /** What one figure was computed from. @param {SaleFigures} figures @param {string} of */
  #behind(figures, of) {
    const lots = lotsBehind(of, figures);
    return html`<section class="panel behind" tabindex="-1" aria-label=${t("fig.behind")}>
      <h2><span>${t("fig.behind")}${t("fig.colon")}${this.#nameOf(figures, of)}</span>
        <button class="button button-small" @click=${() => this.#shut()}>${t("close")}</button></h2>
      ${knows(`fig.how.${of}`) ? html`<p class="how">${t(`fig.how.${of}`)}</p>` : nothing}
      ${lots ? this.#lotTable(lots, "behind-lots") : this.#records()}
    </section>`;
  }

  /** @param {SaleFigures} figures @param {string} of */
  #nameOf(figures, of) {
    const [kind, which, at] = of.split(".");
    if (kind === "spans") return `${t("fig.delays")} · ${channelText(/** @type {any} */ (which))} · ${between(figures.bars_us, Number(at))}`;
    if (kind === "refused") return `${t("fig.refused")} · ${this.#why(which ?? "")}`;
    if (which) return `${t(`fig.${kind}`)} · ${channelText(/** @type {any} */ (which))}`;
    return t(`fig.${of}`);
  }

  #records() {
    const { behind } = this;
    if (!behind) return html`<p class="empty">${t("fig.no-records")}</p>`;
    return html`<p class="how">${behind.count > behind.latest.length ? t("fig.newest", { shown: behind.latest.length, n: behind.count }) : t("fig.all-records", { n: behind.count })}</p>
      <div class="scroll" tabindex="0" role="group" aria-label=${t("fig.behind")}><table>
        <thead><tr><th class="right">${t("record.seq")}</th><th>${t("record.arrived")}</th><th class="right">${t("fig.delay")}</th></tr></thead>
        <tbody>${behind.latest.map(({ seq, arrived_us, span_us }) => html`<tr>
          <td class="right"><a href=${recordLink(seq)}>${seq}</a></td>
          <td><time><span class="wide-only">${dateText(arrived_us).slice(0, 10)} </span>${exactTimeText(arrived_us)} ${String(arrived_us % 1000).padStart(3, "0")}</time></td>
          <td class="right">${delay(span_us)}</td></tr>`)}</tbody>
      </table></div>`;
  }

  /** @param {SaleFigures} figures */
  #prices(figures) {
    const best = figures.top?.lot;
    const bars = figures.by_lot
      .filter((lot) => lot.hammer_fen !== null)
      .map((lot) => ({
        label: String(lot.lot),
        value: lot.hammer_fen ?? 0,
        part: lot.opening_fen,
        title: `${t("lot.no", { n: lot.lot })} ${lot.plate}: ${money(lot.opening_fen)} → ${money(lot.hammer_fen)}${lot.premium ? ` (+${lot.premium})` : ""}`,
        best: lot.lot === best,
        text: lot.lot === best ? lot.plate : "",
        open: lot.ended_seq === null ? undefined : () => location.assign(recordLink(lot.ended_seq ?? 0)),
      }));
    return html`<section class="panel">
      <h2>${t("fig.prices")} ${this.#csv("lots")}</h2>
      ${bars.length ? html`<p class="how">${t("fig.prices.how")}</p>${barPlot({ says: t("fig.prices.says", { n: bars.length, top: figures.top?.plate ?? NONE, price: money(figures.top?.hammer_fen) }), bars, scale: scaleMoney })}` : nothing}
      <details ?open=${figures.by_lot.length <= 60}><summary>${t("fig.table")}</summary>${this.#lotTable(figures.by_lot, "all-lots")}</details>
    </section>`;
  }

  /** @param {LotFigures[]} lots @param {string} kind */
  #lotTable(lots, kind) {
    if (!lots.length) return html`<p class="empty">${t("fig.no-lots")}</p>`;
    const all = (/** @type {(lot: LotFigures) => number | null} */ of) => lots.reduce((sum, lot) => sum + (of(lot) ?? 0), 0);
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("fig.table")}><table class=${kind}>
      <thead><tr><th class="right">${t("record.lot")}</th><th>${t("record.plate")}</th><th class="right">${t("price.opening")}</th><th class="right">${t("price.hammer")}</th>
        <th class="right">${t("fig.premium")}</th><th>${t("me.channel")}</th><th class="right">${t("fig.bids")}</th><th class="right">${t("fig.bidders")}</th><th class="right">${t("fig.minutes-of")}</th><th class="right">${t("record.seq")}</th></tr></thead>
      <tbody>${lots.map((lot) => html`<tr>
        <td class="right">${lot.lot}</td><td class="plate-word">${lot.plate}</td><td class="right">${money(lot.opening_fen)}</td>
        <td class="right">${lot.hammer_fen === null ? t(`lot.${lot.phase}`) : html`<b>${money(lot.hammer_fen)}</b>`}</td><td class="right">${lot.premium ?? ""}</td>
        <td>${lot.channel ? channelText(lot.channel) : ""}</td><td class="right">${lot.bids ?? ""}</td><td class="right">${lot.bidders ?? ""}</td>
        <td class="right">${lot.open_ms === null ? "" : lasting(lot.open_ms)}</td>
        <td class="right">${this.#seqs(lot)}</td></tr>`)}</tbody>
      <tfoot><tr><th scope="row" colspan="2">${t("fig.sum", { n: lots.length })}</th><td class="right">${money(all((lot) => lot.opening_fen))}</td><td class="right"><b>${money(all((lot) => lot.hammer_fen))}</b></td><td></td><td></td><td class="right">${all((lot) => lot.bids)}</td><td></td><td class="right">${lasting(all((lot) => lot.open_ms))}</td><td></td></tr></tfoot>
    </table></div>`;
  }

  /** @param {LotFigures} lot */
  #seqs({ lot, opened_seq, ended_seq }) {
    const link = (/** @type {number} */ seq, /** @type {string} */ says) => html`<a href=${recordLink(seq)} aria-label=${`${t("lot.no", { n: lot })} ${t(says, { seq })}`}>${seq}</a>`;
    if (opened_seq === null) return "";
    return ended_seq === null ? link(opened_seq, "fig.opened-seq") : html`${link(opened_seq, "fig.opened-seq")}–${link(ended_seq, "fig.ended-seq")}`;
  }

  /** @param {SaleFigures} figures */
  #channels(figures) {
    const { hall, online } = figures.channels;
    const rows = [
      { label: t("fig.lots"), hall: hall.sold, online: online.sold },
      { label: t("fig.amount"), hall: hall.turnover_fen ?? 0, online: online.turnover_fen ?? 0 },
      { label: t("fig.bids"), hall: hall.bids ?? 0, online: online.bids ?? 0 },
    ];
    const says = `${t("fig.share")}: ${rows.map((row) => `${row.label} ${percent(row.hall, row.hall + row.online)} / ${percent(row.online, row.hall + row.online)}`).join("; ")}`;
    const share = (/** @type {number} */ at) => ({ hall: percent(rows[at].hall, rows[at].hall + rows[at].online), online: percent(rows[at].online, rows[at].hall + rows[at].online) });
    return html`<section class="panel">
      <h2>${t("fig.share")} ${this.#csv("channels")}</h2>
      ${legend(channelText("hall"), channelText("online"))}
      ${sharePlot({ says, rows })}
      <div class="scroll" tabindex="0" role="group" aria-label=${t("fig.share")}><table>
        <thead><tr><th>${t("me.channel")}</th><th class="right">${t("fig.sold")}</th><th class="right">${t("fig.amount")}</th><th class="right">${t("fig.bids")}</th><th class="right">${t("fig.refused")}</th><th class="right">${t("fig.bidders")}</th></tr></thead>
        <tbody>${CHANNELS.map((channel) => {
          const each = figures.channels[channel];
          return html`<tr><th scope="row">${channelText(channel)}</th>
            <td class="right"><a href="#of=sold.${channel}">${each.sold}</a> <small>${share(0)[channel]}</small></td>
            <td class="right"><a href="#of=sold.${channel}">${money(each.turnover_fen)}</a> <small>${share(1)[channel]}</small></td>
            <td class="right">${each.bids === null ? NONE : html`<a href="#of=bids.${channel}">${each.bids}</a> <small>${share(2)[channel]}</small>`}</td>
            <td class="right">${plain(each.refused)}</td><td class="right">${plain(each.bidders)}</td></tr>`;
        })}</tbody>
      </table></div>
    </section>`;
  }

  /** The parity report: what arrived through each door is recorded as fast. @param {SaleFigures} figures */
  #delays(figures) {
    const edges = figures.bars_us;
    const spans = (/** @type {"hall" | "online"} */ channel) => figures.channels[channel].spans;
    const used = [...edges, 0].map((_, at) => at).filter((at) => CHANNELS.some((channel) => spans(channel)?.bars[at]));
    const shown = used.length ? [...edges, 0].map((_, at) => at).filter((at) => at >= used[0] && at <= used[used.length - 1]) : [];
    return html`<section class="panel">
      <h2>${t("fig.delays")} ${this.#csv("spans")}</h2>
      <p class="how">${t("fig.delays.how")}</p>
      <div class="pair">${CHANNELS.map((channel) => {
        const of = spans(channel);
        const says = t("fig.delays.says", { channel: channelText(channel), n: of?.count ?? 0, p50: delay(of?.p50_us), p99: delay(of?.p99_us) });
        const bars = shown.map((at) => ({
          label: at === edges.length ? `> ${edge(edges[at - 1])}` : edge(edges[at]),
          value: of?.bars[at] ?? 0,
          text: of?.bars[at] ? String(of.bars[at]) : "",
          title: `${between(edges, at)}: ${of?.bars[at] ?? 0}`,
          hatched: channel === "hall",
          open: of?.bars[at] ? () => (location.hash = `of=spans.${channel}.${at}`) : undefined,
        }));
        return html`<div><h3>${channelText(channel)} <small class="muted">${of ? t("fig.timed", { n: of.count }) : ""}</small></h3>${shown.length ? barPlot({ says, bars, scale: (value) => String(Math.round(value)), size: "half" }) : html`<p class="empty">${NONE}</p>`}</div>`;
      })}</div>
      <div class="scroll" tabindex="0" role="group" aria-label=${t("fig.delays")}><table>
        <thead><tr><th>${t("fig.percentile")}</th>${CHANNELS.map((channel) => html`<th class="right">${channelText(channel)}</th>`)}</tr></thead>
        <tbody>
          ${/** @type {const} */ (["p50", "p90", "p99"]).map((name) => html`<tr><th scope="row">${t(`fig.${name}`)}</th>${CHANNELS.map((channel) => html`<td class="right">${delay(spans(channel)?.[`${name}_us`])}</td>`)}</tr>`)}
          <tr><th scope="row">${t("fig.max")}</th>${CHANNELS.map((channel) => {
            const of = spans(channel);
            return html`<td class="right">${of && of.max_seq !== null ? html`<a href=${recordLink(of.max_seq)} aria-label=${`${channelText(channel)} ${delay(of.max_us)}, ${t("record.seq")} ${of.max_seq}`}>${delay(of.max_us)}</a>` : NONE}</td>`;
          })}</tr>
          ${shown.map((at) => html`<tr><th scope="row">${between(edges, at)}</th>${CHANNELS.map((channel) => {
            const count = spans(channel)?.bars[at];
            return html`<td class="right">${count ? html`<a href="#of=spans.${channel}.${at}">${count}</a>` : plain(count)}</td>`;
          })}</tr>`)}
        </tbody>
      </table></div>
    </section>`;
  }

  /** @param {SaleFigures} figures */
  #refusals({ refusals }) {
    return html`<section class="panel">
      <h2>${t("fig.refusals")} ${this.#csv("refusals")}</h2>
      ${refusals?.length
        ? html`<div class="scroll" tabindex="0" role="group" aria-label=${t("fig.refusals")}><table>
            <thead><tr><th>${t("fig.rule")}</th><th>${t("fig.code")}</th><th class="right">${t("fig.count")}</th></tr></thead>
            <tbody>${refusals.map(({ code, count }) => html`<tr><td>${this.#why(code)}</td><td class="code">${code}</td><td class="right"><a href="#of=refused.${code}" aria-label=${`${this.#why(code)}: ${count}`}>${count}</a></td></tr>`)}</tbody>
          </table></div>`
        : html`<p class="empty">${t(refusals ? "fig.no-refusals" : "fig.not-known")}</p>`}
    </section>`;
  }

  /** @param {string} code */
  #why(code) {
    return knows(`refusal.${code}`) ? t(`refusal.${code}`) : code;
  }

  /** @param {string} table */
  #csv(table) {
    return html`<a class="button button-small csv" href=${saleUrl(this.sale, `/figures/${table}.csv?lang=${spoken()}`)} download aria-label=${t("fig.csv-of", { table: t(`fig.csv.${table}`) })}>CSV</a>`;
  }
}

await start("lc-figures", FiguresPage);

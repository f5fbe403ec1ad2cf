// @ts-check
/** The day's board (今日开标汇总) for the lobby: what is held today, in which room, how it stands, and what comes next by the house's clock. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { stayAwake } from "../shared/awake.js";
import { HouseClock } from "../shared/clock.js";
import { getJson } from "../shared/house.js";
import { inLanguage, t } from "../shared/i18n.js";
import { PlainPage } from "../shared/plain-page.js";
import { start } from "../shared/start.js";
import { timeText } from "../shared/words.js";
import "./due.js";
import { TURN_MS, onPage, pages, standsKey } from "./lines.js";

/** @typedef {import("./lines.js").Board} Day @typedef {import("./lines.js").Line} Line */

class BoardPage extends PlainPage {
  static properties = { day: { state: true }, page: { state: true }, held: { state: true }, wall: { state: true } };
  static named = "page.board";
  static refreshes = true;
  static every_ms = 3_000;

  clock = new HouseClock();

  constructor() {
    super();
    /** @type {Day | null} */
    this.day = null;
    this.page = 0;
    /** Whether a person has stopped the pages. */
    this.held = false;
    const wide = matchMedia("(min-width: 60rem)");
    this.wall = wide.matches;
    wide.addEventListener("change", () => (this.wall = wide.matches));
    setInterval(() => !this.held && this.wall && this.#turn(1), TURN_MS);
    stayAwake();
  }

  async load() {
    const t0 = this.clock.now_us();
    const day = await getJson("/api/board");
    this.clock.sample({ t0, t1_us: day.at_us, t2_us: day.at_us });
    this.day = day;
  }

  render() {
    const { day } = this;
    return html`<lc-bar named="page.board"></lc-bar>
      <main class=${this.failed ? "stale" : ""}>${day ? html`${this.#head(day)}${this.#lines(day)}` : this.unanswered()}</main>`;
  }

  /** @param {Day} day */
  #head(day) {
    return html`<header class="day">
      <h2>${t("board.title")} <time>${day.day}</time></h2>
      <p class=${this.failed ? "as-of as-of-stale" : "as-of"} role="status">${t(this.failed ? "board.as-of-stale" : "board.as-of", { at: timeText(day.at_us) })}</p>
      ${this.wall ? this.#turner(day.lines.length) : nothing}
    </header>`;
  }

  /** @param {number} lines */
  #turner(lines) {
    const of = pages(lines);
    if (of === 1) return nothing;
    return html`<div class="turner" role="group" aria-label=${t("board.pages")}>
      <button class="button" aria-label=${t("board.back")} @click=${() => this.#turn(-1)}>‹</button>
      <span>${(this.page % of) + 1} / ${of}</span>
      <button class="button" aria-label=${t("board.on")} @click=${() => this.#turn(1)}>›</button>
      <button class="button" aria-pressed=${this.held} @click=${() => (this.held = !this.held)}>${t("board.hold")}</button>
    </div>`;
  }

  /** @param {Day} day */
  #lines({ lines }) {
    if (!lines.length) return html`<p class="none">${t("board.none")}</p>`;
    return html`<table>
      <thead><tr><th scope="col">${t("board.time")}</th><th scope="col">${t("board.what")}</th><th scope="col">${t("board.room")}</th><th scope="col">${t("board.stands")}</th><th scope="col">${t("board.next")}</th></tr></thead>
      <tbody>${repeat(this.wall ? onPage(lines, this.page) : lines, (line) => line.sale, (line) => this.#line(line))}</tbody>
    </table>`;
  }

  /** @param {Line} line */
  #line(line) {
    return html`<tr class="is-${line.phase}">
      <td class="when">${line.opens_at_us === null ? html`<span class="muted">${line.phase === "planned" ? t("board.unnamed") : "—"}</span>` : html`<time>${timeText(line.opens_at_us).slice(0, 5)}</time>`}</td>
      <th scope="row"><span class="what">${title(line)}</span> <small>${t(`board.kind.${line.kind}`)} · ${t(line.kind === "opening" ? "board.sections" : "board.counts", { lots: line.lots, sold: line.sold })}</small></th>
      <td class="room">${line.room ?? html`<span class="muted">—</span>`}</td>
      <td class="stands"><span class="phase phase-${line.phase}">${t(standsKey(line))}</span>${line.result === null ? nothing : html` <small>${t(`board.result.${line.result}`)}</small>`}</td>
      <td class="next"><lc-due .line=${line} .clock=${this.clock}></lc-due></td>
    </tr>`;
  }

  /** @param {number} by */
  #turn(by) {
    const of = pages(this.day?.lines.length ?? 0);
    this.page = (this.page + by + of) % of;
  }
}

/** Its name, which leads to its hall. @param {Line} line */
function title({ sale, title: both }) {
  return html`<a href="/sales/${encodeURIComponent(sale)}/hall">${inLanguage(both)}</a>`;
}

await start("lc-board", BoardPage);

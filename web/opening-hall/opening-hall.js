// @ts-check
/**
 * The wall of an opening of sealed bids (不见面开标大厅), and what the public sees of it: before the list nobody who bids; then who, how the unsealing goes,
 * and every bid at once. Told from the picture and the clock of the house alone.
 */

import { html, nothing } from "../vendor/lit.js";
import { suspension } from "../hall/block.js";
import { hangOnTheWall, toggleFullScreen } from "../hall/kiosk.js";
import { staleSince } from "../hall/stale.js";
import { Aloud } from "../opening/aloud.js";
import { boardFigures, boardTable } from "../opening/board.js";
import "../opening/clock.js";
import { heraldedOpening, openingSentence } from "../opening/herald.js";
import { envelopesOf, isListed, isReadOut, objectionsOf, openingOf, sectionsOf, tenderOf } from "../opening/opening.js";
import { tenderSentences } from "../opening/rules.js";
import { resultsSheet, sectionFacts } from "../opening/sheet.js";
import { openingStepper } from "../opening/stepper.js";
import { sameRow, turnOf } from "../opening/turns.js";
import { stayAwake } from "../shared/awake.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { start } from "../shared/start.js";
import { staleLine, statusLine } from "../shared/status.js";

/** Nobody is there to open another link, so a house that does not let us in is asked again. */
const AGAIN_MS = 15_000;
const LOOKS_EVERY_MS = 500;

/** As many rows as the wall holds, alone and under a section's title; a page that is scrolled holds all. */
const ROWS = { one: 5, many: 4 };
const SCROLLED = matchMedia("(max-width: 60rem), (max-aspect-ratio: 1/1)");

class OpeningHall extends LivePage {
  static named = "page.opening-hall";

  aloud = new Aloud(this);

  connectedCallback() {
    super.connectedCallback();
    setInterval(() => this.requestUpdate(), LOOKS_EVERY_MS);
    this.connection.on("state", (state) => state === "shut" && setTimeout(() => void this.connection.connect(), AGAIN_MS));
  }

  keys() {
    return [{ key: "f", says: "keys.fullscreen", run: toggleFullScreen }, ...this.aloud.keys()];
  }

  get heralded() {
    return heraldedOpening(this.store);
  }

  render() {
    const { store, connection } = this;
    const since_us = staleSince(connection, connection.clock.now_us());
    return html`<lc-bar .page=${this} named="page.opening-hall"></lc-bar>
      ${since_us === null ? statusLine(this, openingSentence(store)) : staleLine(this, since_us)}
      <main class=${since_us === null ? "wall" : "wall stale"}>
        ${openingStepper(store)} ${isReadOut(store) ? this.#results() : isListed(store) ? this.#board() : this.#before()}
        ${store.sale?.phase === "suspended" ? suspension(store, "opening.clock.paused") : html`<lc-opening-clock .store=${store} .connection=${connection}></lc-opening-clock>`}
      </main>
      <footer class="seal">
        <span>${t("hall.rules")} <span class="code">${store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
        <span>${t("opening.root")} <span class="code">${openingOf(store)?.root?.slice(0, 16) ?? "—"}</span></span>
        ${openingOf(store)?.report ? html`<span>${t("opening.report")} <span class="code">${openingOf(store)?.report?.slice(0, 16)}</span></span>` : nothing}
        <span class="seal-hint">
          <a class="link" href="record">${t("page.record")}</a>
          <a class="link" href="figures">${t("page.opening-result")}</a>
          ${this.aloud.buttons()}
          <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
          <button class="link" @click=${toggleFullScreen}><kbd>f</kbd> ${t("keys.fullscreen")}</button>
        </span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  /** Until the list: what is opened, and by which rules. */
  #before() {
    const tender = tenderOf(this.store);
    const failed = sectionsOf(this.store).filter((section) => section.failed);
    return html`<section class="before">
      <h2>${this.store.sale ? inLanguage(this.store.sale.title) : t("status.connecting")}</h2>
      <ul>${tender ? tenderSentences(tender).map((sentence) => html`<li>${sentence}</li>`) : nothing}</ul>
      ${failed.map(({ title, envelopes }) => html`<p class="section-failed"><b>${inLanguage(title)}</b> ${t("opening.section-failed", { n: envelopes ?? 0 })}</p>`)}
    </section>`;
  }

  /** @param {import("../opening/opening.js").Row[]} rows @param {import("../opening/opening.js").Row | null} read */
  #turn(rows, read) {
    const { page, pages, shown } = turnOf(rows, SCROLLED.matches ? Infinity : sectionsOf(this.store).length > 1 ? ROWS.many : ROWS.one, this.connection.clock.house_us(), read);
    const all = SCROLLED.matches;
    return {
      onScreen: (/** @type {import("../opening/opening.js").Row} */ row) => all || shown.some((one) => sameRow(one, row)),
      mark: html`<p class="turn number">${all || pages < 2 ? nothing : t("opening.turn", { page: page + 1, pages })}</p>`,
    };
  }

  #board() {
    const { onScreen, mark } = this.#turn(envelopesOf(this.store), null);
    const rules = tenderOf(this.store)?.sections ?? [];
    const sections = sectionsOf(this.store).filter(({ failed }) => !failed);
    return html`<section class="panel rolls" aria-label=${t("opening.board")}>
      ${boardFigures(this.store, this.connection.clock.house_us())}
      <div class="roll" tabindex="0">${boardTable(this.store, onScreen)}</div>
      <div class="under">${sections.length === 1 ? sectionFacts(sections[0], rules.find(({ section }) => section === sections[0].section)) : nothing} ${mark}</div>
    </section>`;
  }

  #results() {
    const read = this.aloud.row;
    const { onScreen, mark } = this.#turn(envelopesOf(this.store), read);
    const objections = objectionsOf(this.store);
    return html`<section class="panel rolls" aria-label=${t("opening.sheet")}>
      <div class="roll" tabindex="0">${resultsSheet(this.store, { read, onScreen })}</div>
      <div class="under"><p class="newest">${objections.length ? newest(objections) : t("opening.objections.none")}</p> ${mark}</div>
    </section>`;
  }
}

/** How many objections there are, and the newest with its answer. @param {import("../opening/opening.js").Objection[]} objections */
function newest(objections) {
  const open = objections.filter(({ answer }) => answer === null).length;
  const { bidder, text, answer } = objections[objections.length - 1];
  return html`<b>${t("opening.objections.so-far", { n: objections.length, open })}</b> ${bidder}: ${text} ${answer === null ? nothing : html`<span class="good">— ${t("role.host")}: ${answer}</span>`}`;
}

stayAwake();
hangOnTheWall(document);
await start("lc-opening-hall", OpeningHall);

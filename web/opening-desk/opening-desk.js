// @ts-check
/** The officers of an opening at work: host, supervisor, registrar. Every act of the office with its key; of bidders nothing before the list. */

import { html, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { actsLog } from "../shared/acts-log.js";
import { askingOf } from "../shared/asking.js";
import { stayAwake } from "../shared/awake.js";
import { announcedPanel } from "../shared/block-panel.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { Aloud } from "../opening/aloud.js";
import { boardFigures, boardTable } from "../opening/board.js";
import "../opening/clock.js";
import { heraldedOpening, openingSentence } from "../opening/herald.js";
import { isListed, isReadOut, openingOf, sectionsOf, tenderOf } from "../opening/opening.js";
import { tenderSentences } from "../opening/rules.js";
import { resultsSheet, sectionFacts } from "../opening/sheet.js";
import { openingStepper } from "../opening/stepper.js";
import { controlsFor, moreOf, whyNot } from "./controls.js";
import { objectionsPanel, timePanel, trusteesPanel } from "./panels.js";
import { QUESTIONS, absentQuestion } from "./questions.js";

const LOOKS_EVERY_MS = 1_000;
const ABSENT = "E_BIDDERS_ABSENT";

export class OpeningDesk extends LivePage {
  static personal = true;
  static named = location.pathname.endsWith("/supervisor") ? "page.supervisor" : location.pathname.endsWith("/admission") ? "page.admission" : "page.opening-desk";

  aloud = new Aloud(this);

  get office() {
    return this.store.welcome?.role ?? "";
  }

  get heralded() {
    return heraldedOpening(this.store);
  }

  connectedCallback() {
    super.connectedCallback();
    setInterval(() => this.requestUpdate(), LOOKS_EVERY_MS);
    this.connection.on("news", ({ news }) => {
      if (news.refusal?.code === ABSENT) askingOf(this)?.ask(absentQuestion(this, Number(news.refusal.detail.absent)));
    });
  }

  keys() {
    const acts = controlsFor(this.store, this.office).map((control) => ({ key: control.key, says: control.says ?? `control.${control.name}`, run: () => this.#use(control) }));
    return [...acts, ...this.aloud.keys()];
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-asking, lc-opening-clock")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
  }

  // Acting

  /** @param {import("./controls.js").Control} control */
  #whyNot(control) {
    if (!this.connection.live) return t("why.offline");
    const now_us = this.connection.clock.now_us();
    if (this.acts?.list.some((act) => act.frame.type === control.name && waits(act, now_us))) return t("why.sent");
    const why = whyNot(control, this.store, this.office);
    return why && t(...why);
  }

  /** @param {import("./controls.js").Control} control */
  #use(control) {
    if (this.#whyNot(control) === null) askingOf(this)?.ask(QUESTIONS[control.name](this));
  }

  // Drawing

  render() {
    const { store, connection } = this;
    return html`<lc-bar .page=${this} named=${this.office ? `role.${this.office}` : "page.opening-desk"}></lc-bar>
      ${statusLine(this, openingSentence(store))}
      <main>
        ${openingStepper(store)}
        <div class="column"><lc-opening-clock .store=${store} .connection=${connection}></lc-opening-clock> ${this.#controls()} ${timePanel(store)} ${trusteesPanel(store)}</div>
        <div class="column">${isReadOut(store) ? this.#results() : this.#board()}</div>
        <div class="column">${announcedPanel(this)} ${isListed(store) ? objectionsPanel(store) : nothing} <section class="panel log">${actsLog(this, "opening")}</section></div>
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.opening-hall")}</a>
        <span>${t("hall.rules")} <span class="code">${store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
        <span>${t("opening.root")} <span class="code">${openingOf(store)?.root?.slice(0, 16) ?? "—"}</span></span>
        <span>${t("opening.report")} <span class="code">${openingOf(store)?.report?.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>
      <lc-asking></lc-asking>`;
  }

  #controls() {
    const controls = controlsFor(this.store, this.office);
    return html`<section class="panel controls controls-opening" aria-label=${t("rostrum.controls")}>
      ${controls.length ? nothing : html`<p class="empty">${t("opening.no-acts")}</p>`}
      ${controls.map((control) => {
        const why = this.#whyNot(control);
        return html`<button class="button control control-${control.name} ${control.danger ? "button-stop" : ""}" ?disabled=${why !== null} @click=${() => this.#use(control)} aria-describedby="why-${control.name}">
          <kbd>${control.key}</kbd>
          <span class="control-name">${t(control.says ?? `control.${control.name}`)}</span>
          <small id="why-${control.name}">${why ?? t(moreOf(control, this.store))}</small>
        </button>`;
      })}
    </section>`;
  }

  #board() {
    const { store } = this;
    const tender = tenderOf(store);
    const live = sectionsOf(store).filter(({ failed }) => !failed);
    return html`<section class="panel board log">
      <h2>${t(isListed(store) ? "opening.board" : "opening.conditions")}</h2>
      ${isListed(store) ? boardFigures(store, this.connection.clock.house_us()) : nothing}
      <div class="scroll" tabindex="0">${isListed(store) ? boardTable(store) : html`<ul class="asking-facts">${tender ? tenderSentences(tender).map((sentence) => html`<li>${sentence}</li>`) : nothing}</ul>`}</div>
      ${openingOf(store)?.stage === "combining" && live.length === 1 ? sectionFacts(live[0], tender?.sections.find(({ section }) => section === live[0].section)) : nothing}
    </section>`;
  }

  #results() {
    return html`<section class="panel board log">
      <h2>${t("opening.sheet")} ${this.aloud.buttons()}</h2>
      <div class="scroll" tabindex="0">${resultsSheet(this.store, { read: this.aloud.row })}</div>
    </section>`;
  }
}

stayAwake();
await start("lc-opening-desk", OpeningDesk);

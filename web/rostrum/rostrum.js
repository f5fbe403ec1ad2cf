// @ts-check
/** The rostrum: auctioneer and clerk at work. One key for every act, and beside every button that rests the reason why. */

import { html, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { actsLog } from "../shared/acts-log.js";
import { askingOf } from "../shared/asking.js";
import { stayAwake } from "../shared/awake.js";
import { announcedPanel, bidsPanel, blockPanel } from "../shared/block-panel.js";
import { figuresStrip } from "../shared/figures.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { lotsPanel, showLot } from "../shared/lots-panel.js";
import { shortYuan } from "../shared/money.js";
import { biddingOf } from "../shared/openings.js";
import { presentPanel } from "../shared/present-panel.js";
import "../shared/signing.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import "../shared/voids.js";
import { callText, whoText } from "../shared/words.js";
import "./clerk.js";
import { callsLeft, cannotOpen, controlsFor, nextLot, reofferable } from "./controls.js";
import { dwellLeft_ms, gates, secondsText } from "./gates.js";
import { QUESTIONS } from "./questions.js";

const DWELL_TICK_MS = 100;

export class Rostrum extends LivePage {
  static personal = true;
  static named = "page.rostrum";
  static properties = { chosen: { state: true } };

  constructor() {
    super();
    /** Of lots that are open together, the one the clerk enters bids for. @type {number | null} */
    this.chosen = null;
  }

  /** What the person at this desk is: auctioneer or clerk. */
  get office() {
    return this.store.welcome?.role;
  }

  /** The lot that bids of the hall are for. */
  get bidding() {
    return biddingOf(this.store, this.chosen);
  }

  keys() {
    const voids = { key: "v", says: "void.propose", run: () => this.#voids()?.ask() };
    if (this.office !== "clerk")
      return [...controlsFor(this.store).map((control) => ({ key: control.key, says: `control.${control.name}`, run: () => this.#use(control) })), voids];
    return [...(this.#clerk()?.keys() ?? []), voids];
  }

  #clerk() {
    return /** @type {import("./clerk.js").Clerk | null} */ (this.querySelector("lc-clerk"));
  }

  #voids() {
    return /** @type {import("../shared/voids.js").Voids | null} */ (this.querySelector("lc-voids"));
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-clerk, lc-voids, lc-signing, lc-asking")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
    this.#waitForDwell();
    showLot(this);
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #dwelling;

  /** While the price has to stand for a while, its reason changes without a frame. */
  #waitForDwell() {
    clearTimeout(this.#dwelling);
    if (dwellLeft_ms(this.store, this.connection.clock.house_us()) > 0) this.#dwelling = setTimeout(() => this.requestUpdate(), DWELL_TICK_MS);
  }

  // Acting

  /** @param {import("./controls.js").Control} control */
  #whyNot(control) {
    if (!this.connection.live) return t("why.offline");
    if (this.#pending(control)) return t("why.sent");
    const now_us = this.connection.clock.house_us();
    const why = control.why(this.store, now_us);
    return why && t(why, { n: callsLeft(this.store), s: secondsText(dwellLeft_ms(this.store, now_us)) });
  }

  /** @param {import("./controls.js").Control} control */
  #pending({ name }) {
    const now_us = this.connection.clock.now_us();
    return this.acts?.list.some((act) => act.frame.type === name && waits(act, now_us));
  }

  /** @param {import("./controls.js").Control} control */
  #use(control) {
    if (this.#whyNot(control) !== null) return;
    if (control.asks) askingOf(this)?.ask(QUESTIONS[control.name](this));
    else this.connection.ask(control.frame(this.store));
  }

  // Drawing

  render() {
    const auctioneer = this.office !== "clerk";
    return html`<lc-bar .page=${this} named=${this.office ? `role.${this.office}` : "page.rostrum"}></lc-bar>
      ${statusLine(this)}
      <main class=${auctioneer ? "for-auctioneer" : "for-clerk"}>
        <div class="column">${blockPanel(this)} ${auctioneer ? this.#controls() : html`<lc-clerk .page=${this}></lc-clerk>`}</div>
        <div class="column">${announcedPanel(this)} <lc-signing .page=${this}></lc-signing> ${lotsPanel(this, (lot) => (auctioneer ? this.#lotActs(lot) : nothing))}</div>
        <div class="column"><section class="panel log">${bidsPanel(this, html`<lc-voids .page=${this} proposes></lc-voids>`)} ${actsLog(this)}</section> ${presentPanel(this)}</div>
      </main>
      ${figuresStrip(this.store)}
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.#keysShown()}></lc-help>
      <lc-asking></lc-asking>`;
  }

  #keysShown() {
    return this.keys().filter(({ key }) => !/[0-8]/.test(key)).map((one) => (one.key === "9" ? { ...one, key: "0 – 9" } : one));
  }

  #controls() {
    return html`<section class=${this.store.rules?.mode === "timed" ? "panel controls controls-timed" : "panel controls"} aria-label=${t("rostrum.controls")}>
      ${controlsFor(this.store).map((control) => {
        const why = this.#whyNot(control);
        return html`<button class="button control control-${control.name}" ?disabled=${why !== null} @click=${() => this.#use(control)} aria-describedby="why-${control.name}">
          <kbd>${control.key}</kbd>
          <span class="control-name">${this.#controlText(control)}</span>
          <small id="why-${control.name}">${why ?? this.#controlMore(control)}</small>
        </button>${control.name === "hammer" ? this.#gates() : nothing}`;
      })}
    </section>`;
  }

  /** What is done and what is due before the hammer, always in sight. */
  #gates() {
    const waiting = this.store.block?.phase === "open";
    return html`<ul class="gates" aria-label=${t("gates.title")}>${gates(this.store, this.connection.clock.house_us()).map(
      ({ name, open, says, values }) => html`<li class="gate gate-${name} ${!waiting ? "gate-idle" : open ? "gate-open" : "gate-shut"}"><i aria-hidden="true">${waiting && open ? "✓" : "○"}</i> ${t(says, values)}</li>`,
    )}</ul>`;
  }

  /** @param {import("./controls.js").Control} control */
  #controlText({ name }) {
    const { block, rules } = this.store;
    const calls = rules?.calls ?? 3;
    if (name === "call" && block?.phase === "open" && block.calls < calls) return callText(block.calls + 1);
    if (name === "open_lot" && nextLot(this.store)) return t("control.open_lot.n", { n: nextLot(this.store)?.lot ?? 0 });
    return t(`control.${name}`);
  }

  /** @param {import("./controls.js").Control} control */
  #controlMore({ name }) {
    const { block } = this.store;
    if ((name === "call" || name === "hammer") && block?.leader) return `${shortYuan(block.price_fen ?? 0)} · ${whoText(block.leader)}`;
    if (name === "open_lot") return nextLot(this.store)?.plate ?? "";
    if (name === "pass" && block?.reserve === "unmet" && block.price_fen !== null) return t("reserve.unmet");
    return t(`control.${name}.more`);
  }

  /** @param {import("../shared/frames.js").LotPart} lot */
  #lotActs(lot) {
    const { live } = this.connection;
    if (lot.phase === "waiting" && this.store.sale?.phase === "planned")
      return html`<button class="button button-small" ?disabled=${!live} @click=${() => askingOf(this)?.ask(QUESTIONS.reserve(this, lot))} aria-label="${t("control.reserve")} · ${t("lot.no", { n: lot.lot })}">${t("control.reserve")}</button>`;
    if (lot.phase === "waiting")
      return html`<button class="button button-small" ?disabled=${!live || cannotOpen(this.store) !== null} @click=${() => this.connection.ask({ type: "open_lot", lot: lot.lot })} aria-label=${t("control.open_lot.n", { n: lot.lot })}>${t("rostrum.open")}</button>`;
    if (!reofferable(this.store).includes(lot)) return nothing;
    return html`<button class="button button-small" ?disabled=${!live || this.store.sale?.phase !== "open"} @click=${() => askingOf(this)?.ask(QUESTIONS.reoffer(this, lot))} aria-label=${t("rostrum.reoffer.n", { n: lot.lot })}>${t("rostrum.reoffer")}</button>`;
  }
}

stayAwake();
await start("lc-rostrum", Rostrum);

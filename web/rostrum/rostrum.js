// @ts-check
/** The rostrum: auctioneer and clerk at work. One key for every act, and beside every button that rests the reason why. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { stayAwake } from "../shared/awake.js";
import { actsLog } from "../shared/acts-log.js";
import { announcedPanel, bidsPanel, blockPanel } from "../shared/block-panel.js";
import { figuresStrip } from "../shared/figures.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { fenOf, shortYuan } from "../shared/money.js";
import "../shared/signing.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import "../shared/voids.js";
import { callText, channelText, whoText } from "../shared/words.js";
import "./clerk.js";
import { REOFFER, RESERVE, WITHDRAW, callsLeft, controlsFor, dwellLeft_ms, mayReoffer, nextLot } from "./controls.js";
import "./hall-maximum.js";

export class Rostrum extends LivePage {
  static personal = true;
  static named = "page.rostrum";
  static properties = { asking: { state: true } };

  constructor() {
    super();
    /** The control that asks back before it acts. @type {import("./controls.js").Control | null} */
    this.asking = null;
    /** The lot it is about. @type {import("../shared/frames.js").LotPart | null} */
    this.about = null;
  }

  /** What the person at this desk is: auctioneer or clerk. */
  get office() {
    return this.store.welcome?.role;
  }

  keys() {
    const voids = { key: "v", says: "void.propose", run: () => this.#voids()?.ask() };
    if (this.office !== "clerk")
      return [...controlsFor(this.store).map((control) => ({ key: control.key, says: `control.${control.name}`, run: () => this.#use(control) })), voids];
    const maxima = this.store.rules?.proxies ? [{ key: "m", says: "control.hall_proxy", run: () => this.#focus(".hall-maximum input") }] : [];
    const digits = [..."0123456789"].map((digit) => ({ key: digit, says: "clerk.hall-bid", run: () => this.#clerk()?.take(digit) }));
    return [...digits, { key: "a", says: "clerk.admit", run: () => this.#focus(".admission input") }, ...maxima, voids];
  }

  #clerk() {
    return /** @type {import("./clerk.js").Clerk | null} */ (this.querySelector("lc-clerk"));
  }

  #voids() {
    return /** @type {import("../shared/voids.js").Voids | null} */ (this.querySelector("lc-voids"));
  }

  /** @param {string} what */
  #focus(what) {
    /** @type {HTMLInputElement | null} */ (this.querySelector(what))?.focus();
  }

  updated() {
    super.updated();
    this.#clerk()?.requestUpdate();
    for (const part of this.querySelectorAll("lc-voids, lc-signing, lc-hall-maximum")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
    this.#waitForDwell();
    this.#showLot();
    const dialog = this.querySelector("dialog.asking");
    if (this.asking && dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #dwelling;

  /** While the price has to stand for a while, its reason changes without a frame. */
  #waitForDwell() {
    clearTimeout(this.#dwelling);
    if (dwellLeft_ms(this.store, this.connection.clock.house_us()) > 0) this.#dwelling = setTimeout(() => this.requestUpdate(), 250);
  }

  /** The lot whose row was last brought into sight. @type {number | undefined} */
  #shown;

  /** Brings the lot on the block into sight, with the two before it. */
  #showLot() {
    const { block } = this.store;
    const list = this.querySelector(".lots ol");
    if (!list || block?.lot === this.#shown) return;
    this.#shown = block?.lot;
    const at = this.store.lots.findIndex(({ lot }) => lot === block?.lot);
    const row = /** @type {HTMLElement | undefined} */ (list.children[Math.max(0, at - 2)]);
    if (row) list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  }

  // Acting

  /** @param {import("./controls.js").Control} control */
  #whyNot(control) {
    if (!this.connection.live) return t("why.offline");
    if (this.#pending(control)) return t("why.sent");
    const now_us = this.connection.clock.house_us();
    const why = control.why(this.store, now_us);
    return why && t(why, { n: callsLeft(this.store), s: (dwellLeft_ms(this.store, now_us) / 1000).toFixed(1) });
  }

  /** @param {import("./controls.js").Control} control */
  #pending({ name }) {
    const now_us = this.connection.clock.now_us();
    return this.acts?.list.some((act) => act.frame.type === name && waits(act, now_us));
  }

  /** @param {import("./controls.js").Control} control */
  #use(control) {
    if (this.#whyNot(control) !== null) return;
    if (control.ask) this.asking = control;
    else this.connection.ask(control.frame(this.store));
  }

  /** @param {number} lot */
  #openLot(lot) {
    this.connection.ask({ type: "open_lot", lot });
  }

  /**
   * Asks back about one lot of the list.
   * @param {import("./controls.js").Control} control
   * @param {import("../shared/frames.js").LotPart} lot
   */
  #askAbout(control, lot) {
    this.about = lot;
    this.asking = control;
  }

  /** @param {SubmitEvent} event */
  #answered = (event) => {
    event.preventDefault();
    const control = this.asking;
    const form = /** @type {HTMLFormElement} */ (event.target);
    this.querySelector("dialog")?.close();
    this.#dismiss();
    if (!control || this.#whyNot(control) !== null) return;
    const fields = new FormData(form);
    const reason = String(fields.get("reason") ?? "").trim();
    const fen = fenOf(String(fields.get("price") ?? ""));
    const frame = { ...control.frame(this.store), ...(control.about ? { lot: this.about?.lot } : {}) };
    if (control.ask === "price") {
      if (fen !== null) this.connection.ask({ ...frame, [control.name === RESERVE.name ? "reserve_fen" : "opening_fen"]: fen });
    } else this.connection.ask(control.ask === "reason" ? { ...frame, reason } : frame);
  };

  #dismiss = () => {
    const dialog = this.querySelector("dialog.asking");
    if (dialog instanceof HTMLDialogElement) dialog.close();
    this.asking = null;
  };

  // Drawing

  render() {
    const auctioneer = this.office !== "clerk";
    return html`<lc-bar .page=${this} named=${this.office ? `role.${this.office}` : "page.rostrum"}></lc-bar>
      ${statusLine(this)}
      <main class=${auctioneer ? "for-auctioneer" : "for-clerk"}>
        <div class="column">${announcedPanel(this, inLanguage)} ${blockPanel(this)} ${auctioneer ? this.#controls() : html`<lc-clerk .page=${this}></lc-clerk>`}</div>
        <div class="column">${this.#lots(auctioneer)} ${auctioneer ? nothing : html`<lc-hall-maximum .page=${this}></lc-hall-maximum>`}</div>
        <div class="column"><lc-signing .page=${this}></lc-signing> ${this.#present()} ${this.#log()}</div>
      </main>
      ${figuresStrip(this.store)}
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.#keysShown()}></lc-help>
      ${this.#question()}`;
  }

  #keysShown() {
    return this.keys().filter(({ key }) => !/[0-8]/.test(key)).map((one) => (one.key === "9" ? { ...one, key: "0 – 9" } : one));
  }

  #controls() {
    return html`<section class="panel controls" aria-label=${t("rostrum.controls")}>
      ${controlsFor(this.store).map((control) => {
        const why = this.#whyNot(control);
        return html`<button class="button control control-${control.name}" ?disabled=${why !== null} @click=${() => this.#use(control)} aria-describedby="why-${control.name}">
          <kbd>${control.key}</kbd>
          <span class="control-name">${this.#controlText(control)}</span>
          <small id="why-${control.name}">${why ?? this.#controlMore(control)}</small>
        </button>`;
      })}
    </section>`;
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
    return t(`control.${name}.more`);
  }

  /** @param {boolean} auctioneer */
  #lots(auctioneer) {
    const { lots, sale, block } = this.store;
    const free = auctioneer && sale?.phase === "open" && block?.phase !== "open" && this.connection.live;
    return html`<section class="panel lots">
      <h2>${t("rostrum.lots")} <small>${t("next.count", { n: lots.filter((lot) => lot.phase === "waiting").length })}</small></h2>
      <ol tabindex="0">
        ${repeat(lots, (lot) => lot.lot, (lot) => html`<li class="row row-${lot.phase}">
          <span class="number row-no">${lot.lot}</span>
          <lc-plate class="plate-small" .plate=${lot.plate}></lc-plate>
          <span class="row-price"><b class="money">${shortYuan(lot.hammer_fen ?? lot.opening_fen)}</b><small>${lot.phase === "waiting" ? t("price.opening") : t(`lot.${lot.phase}`)}${lot.who ? ` · ${whoText(lot.who)}` : ""}</small></span>
          ${lot.phase === "waiting" && auctioneer ? html`<span class="row-acts">${sale?.phase === "planned" ? this.#aboutButton(RESERVE, lot, "control.reserve") : html`<button class="button button-small" ?disabled=${!free} @click=${() => this.#openLot(lot.lot)} aria-label=${t("control.open_lot.n", { n: lot.lot })}>${t("rostrum.open")}</button>`}
            ${this.#aboutButton(WITHDRAW, lot, "rostrum.withdraw")}</span>` : nothing}
          ${lot.phase === "passed" && auctioneer && mayReoffer(lot, this.store.rules) ? html`<button class="button button-small" ?disabled=${sale?.phase !== "open" || !this.connection.live} @click=${() => this.#askAbout(REOFFER, lot)} aria-label=${t("rostrum.reoffer.n", { n: lot.lot })}>${t("rostrum.reoffer")}</button>` : nothing}
        </li>`)}
      </ol>
    </section>`;
  }

  /**
   * @param {import("./controls.js").Control} control
   * @param {import("../shared/frames.js").LotPart} lot
   * @param {string} says
   */
  #aboutButton(control, lot, says) {
    return html`<button class="button button-small" ?disabled=${!this.connection.live} @click=${() => this.#askAbout(control, lot)} aria-label=${t(`asking.${control.name}`, { n: lot.lot })}>${t(says)}</button>`;
  }

  #present() {
    const { presence, paddles } = this.store;
    const online = new Set(presence?.online);
    return html`<section class="panel present">
      <h2>${t("rostrum.paddles", { n: paddles.length })} <small>${presence ? t("rostrum.presence", { bidders: presence.bidders, watchers: presence.watchers }) : nothing}</small></h2>
      ${paddles.length
        ? html`<div class="scroll" tabindex="0"><table>
            <thead><tr><th>${t("me.paddle")}</th><th>${t("me.channel")}</th><th class="right">${t("rostrum.rights")}</th><th class="right">${t("me.won")}</th></tr></thead>
            <tbody>
              ${repeat(paddles, (one) => one.paddle, (one) => html`<tr>
                <td><i class=${online.has(one.paddle) ? "here" : "away"} title=${t(online.has(one.paddle) ? "rostrum.here" : "rostrum.away")}></i><b class="number">${one.paddle}</b></td>
                <td>${channelText(one.channel)}</td><td class="right">${one.rights}</td><td class="right">${one.won.length ? one.won.join(", ") : "—"}</td></tr>`)}
            </tbody></table></div>`
        : html`<p class="empty">${t("rostrum.no-paddles")}</p>`}
    </section>`;
  }

  #log() {
    return html`<section class="panel log">${bidsPanel(this)}
      <div class="log-void"><lc-voids .page=${this}></lc-voids></div>
      ${actsLog(this)}
    </section>`;
  }

  #question() {
    const control = this.asking;
    if (!control) return nothing;
    return html`<dialog class="sheet asking" aria-labelledby="asking-title" @close=${this.#dismiss}>
      <h2 id="asking-title">${t(`asking.${control.name}`, { n: this.about?.lot ?? 0 })}</h2>
      <p class="muted">${t(`asking.${control.name}.more`)}</p>
      <form method="dialog" class="asking-form" @submit=${this.#answered}>
        ${control.ask === "reason" ? html`<label><span>${t("asking.reason")}</span><input name="reason" required maxlength="200" autocomplete="off" autofocus list="reasons"></label>
          <datalist id="reasons">${[1, 2, 3, 4].map((n) => html`<option value=${t(`asking.reason.${n}`)}></option>`)}</datalist>` : nothing}
        ${control.ask === "price" && this.about ? html`<label><span>${t(`asking.${control.name}.price`, { most: shortYuan(this.about.opening_fen), lower: this.store.rules?.reoffer_lower_percent ?? 0 })}</span><input name="price" class="money" required inputmode="numeric" autocomplete="off" autofocus .value=${control === REOFFER ? String(this.about.opening_fen / 100) : ""}></label>` : nothing}
        <div class="choices"><button type="button" class="button" @click=${this.#dismiss}>${t("cancel")}</button><button class="button button-main">${t(`control.${control.name}`)}</button></div>
      </form>
    </dialog>`;
  }
}

stayAwake();
await start("lc-rostrum", Rostrum);

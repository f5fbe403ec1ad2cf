// @ts-check
/** The supervisor's desk (监督席): sees what the officers see and conducts nothing. Registers a stop, agrees to voids, signs the result. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { actsLog } from "../shared/acts-log.js";
import { stayAwake } from "../shared/awake.js";
import { announcedPanel, bidsPanel, blockPanel } from "../shared/block-panel.js";
import { figuresStrip } from "../shared/figures.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { shortYuan } from "../shared/money.js";
import "../shared/signing.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import "../shared/voids.js";
import { channelText, eventText, exactTimeText, whoText } from "../shared/words.js";

const TOLD_MAX = 40;

export class Supervisor extends LivePage {
  static personal = true;
  static named = "page.supervisor";
  static properties = { asking: { state: true } };

  constructor() {
    super();
    this.asking = false;
    /** What happened since this page was opened, newest first. @type {{seq: number, at_us: number, events: any[]}[]} */
    this.told = [];
  }

  /** @param {import("../shared/frames.js").Frame} frame */
  changed(frame) {
    if (frame.type !== "record") return;
    const { seq, at_us, events = [] } = frame;
    if (events.some(eventText)) this.told = [{ seq, at_us, events }, ...this.told].slice(0, TOLD_MAX);
  }

  keys() {
    return [
      { key: "s", says: "control.stop", run: () => (this.asking = true) },
      { key: "v", says: "void.propose", run: () => this.#voids()?.ask() },
    ];
  }

  #voids() {
    return /** @type {import("../shared/voids.js").Voids | null} */ (this.querySelector("lc-voids"));
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-voids, lc-signing")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
    const dialog = this.querySelector("dialog.asking");
    if (this.asking && dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }

  render() {
    const closed = this.store.sale?.phase === "closed";
    return html`<lc-bar .page=${this} named="page.supervisor"></lc-bar>
      ${statusLine(this)}
      <main>
        <div class="column">${announcedPanel(this, inLanguage)} ${blockPanel(this)}
          <section class="panel stop">
            <button class="button button-stop" ?disabled=${!this.connection.live || closed} @click=${() => (this.asking = true)}><kbd>s</kbd> ${t("control.stop")}</button>
            <small>${t("asking.stop.more")}</small>
          </section>
          <section class="panel log">${bidsPanel(this)}<div class="log-void"><lc-voids .page=${this}></lc-voids></div></section>
        </div>
        <div class="column"><lc-signing .page=${this}></lc-signing> ${this.#lots()}</div>
        <div class="column">${this.#present()}
          <section class="panel log"><h2>${t("page.record")}</h2>${this.#happened()} ${actsLog(this)}</section>
        </div>
      </main>
      ${figuresStrip(this.store)}
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.hall")}</a> <a href="record">${t("page.record")}</a> <a href="figures">${t("page.figures")}</a>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>
      ${this.#question()}`;
  }

  #happened() {
    return this.told.length
      ? html`<ol class="log-acts" tabindex="0">${this.told.map((one) => html`<li><time>${exactTimeText(one.at_us)}</time><span>${one.seq} · ${one.events.map(eventText).filter(Boolean).join(" ")}</span></li>`)}</ol>`
      : html`<p class="empty">${t("rostrum.no-answers")}</p>`;
  }

  #lots() {
    return html`<section class="panel lots"><h2>${t("rostrum.lots")}</h2>
      <ol tabindex="0">${repeat(this.store.lots, (lot) => lot.lot, (lot) => html`<li class="row row-${lot.phase}">
        <span class="number row-no">${lot.lot}</span><lc-plate class="plate-small" .plate=${lot.plate}></lc-plate>
        <span class="row-price"><b class="money">${shortYuan(lot.hammer_fen ?? lot.opening_fen)}</b><small>${t(`lot.${lot.phase}`)}${lot.who ? ` · ${whoText(lot.who)}` : ""}</small></span></li>`)}</ol>
    </section>`;
  }

  #present() {
    const { presence, paddles } = this.store;
    const online = new Set(presence?.online);
    return html`<section class="panel present">
      <h2>${t("rostrum.paddles", { n: paddles.length })} <small>${presence ? t("rostrum.presence", { bidders: presence.bidders, watchers: presence.watchers }) : nothing}</small></h2>
      <div class="scroll" tabindex="0"><table>
        <thead><tr><th>${t("me.paddle")}</th><th>${t("me.channel")}</th><th class="right">${t("admission.deposits")}</th><th class="right">${t("me.won")}</th></tr></thead>
        <tbody>${repeat(paddles, (one) => one.paddle, (one) => html`<tr>
          <td><i class=${online.has(one.paddle) ? "here" : "away"} title=${t(online.has(one.paddle) ? "rostrum.here" : "rostrum.away")}></i><b class="number">${one.paddle}</b></td>
          <td>${channelText(one.channel)}</td><td class="right">${one.deposits ?? "—"}</td><td class="right">${one.won.length ? one.won.join(", ") : "—"}</td></tr>`)}</tbody></table></div>
    </section>`;
  }

  #question() {
    if (!this.asking) return nothing;
    return html`<dialog class="sheet asking" aria-labelledby="asking-title" @close=${() => (this.asking = false)}>
      <h2 id="asking-title">${t("asking.stop")}</h2>
      <p class="muted">${t("asking.stop.more")}</p>
      <form method="dialog" class="asking-form" @submit=${this.#stop}>
        <label><span>${t("asking.reason")}</span><input name="reason" required maxlength="200" autocomplete="off" autofocus list="reasons"></label>
        <datalist id="reasons">${[1, 2, 3, 4].map((n) => html`<option value=${t(`asking.reason.${n}`)}></option>`)}</datalist>
        <div class="choices"><button type="button" class="button" @click=${() => this.querySelector("dialog")?.close()}>${t("cancel")}</button><button class="button button-main">${t("control.stop")}</button></div>
      </form>
    </dialog>`;
  }

  /** @param {SubmitEvent} event */
  #stop = (event) => {
    event.preventDefault();
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("reason") ?? "").trim();
    this.querySelector("dialog")?.close();
    this.asking = false;
    if (reason) this.connection.ask({ type: "stop", reason });
  };
}

stayAwake();
await start("lc-supervisor", Supervisor);

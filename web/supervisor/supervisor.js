// @ts-check
/** The supervisor's desk (监督席): sees what the officers see and conducts nothing. Registers a stop, agrees to voids, signs the result. */

import { html, nothing } from "../vendor/lit.js";
import { actsLog } from "../shared/acts-log.js";
import { REASONS, askingOf, reasonOf } from "../shared/asking.js";
import { stayAwake } from "../shared/awake.js";
import { announcedPanel, bidsPanel, blockPanel } from "../shared/block-panel.js";
import { figuresStrip } from "../shared/figures.js";
import { getJson, saleUrl } from "../shared/house.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { lotsPanel, showLot } from "../shared/lots-panel.js";
import { presentPanel } from "../shared/present-panel.js";
import { reportQuestion } from "../shared/signing.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import "../shared/voids.js";
import { eventText, exactTimeText } from "../shared/words.js";
import { Watch } from "./watch.js";

const READ_EVERY_MS = 10_000;
const RECORDS = 500;

export class Supervisor extends LivePage {
  static personal = true;
  static named = "page.supervisor";

  constructor() {
    super();
    this.watch = new Watch();
  }

  connectedCallback() {
    super.connectedCallback();
    void this.#read();
  }

  /** Reads the record, from its beginning and then ever on. */
  async #read() {
    for (;;) {
      try {
        const page = await getJson(saleUrl(this.sale, `/record?after=${this.watch.seq}&limit=${RECORDS}`));
        this.watch.fold(page);
        this.requestUpdate();
        if (page.records.length === RECORDS) continue;
      } catch {
        // The house is away, and says so elsewhere.
      }
      await new Promise((again) => setTimeout(again, READ_EVERY_MS));
    }
  }

  /** @param {import("../shared/frames.js").Frame} frame */
  changed(frame) {
    if (frame.type === "record" && frame.events?.length) this.watch.hear({ seq: frame.seq, at_us: frame.at_us, events: frame.events });
  }

  keys() {
    const signing = this.store.sale?.phase === "closed" ? [{ key: "g", says: "result.sign", run: () => this.#sign() }] : [];
    return [
      { key: "s", says: "control.stop", run: () => this.#stop() },
      { key: "v", says: "void.settle-key", run: () => /** @type {import("../shared/voids.js").Voids | null} */ (this.querySelector("lc-voids"))?.ask() },
      ...signing,
    ];
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-voids, lc-signing, lc-asking")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
    showLot(this);
  }

  // Acting

  get #whyNoStop() {
    if (!this.connection.live) return t("why.offline");
    return this.store.sale?.phase === "closed" ? t("cannot.closed") : null;
  }

  #stop = () => {
    if (this.#whyNoStop !== null) return;
    askingOf(this)?.ask({
      title: () => t("asking.stop"),
      act: () => t("control.stop"),
      danger: true,
      body: () => html`<p class="muted">${t("asking.stop.more")}</p>`,
      presets: () => REASONS.map((key) => t(key)),
      send: (fields) => {
        this.connection.ask({ type: "stop", reason: reasonOf(fields) });
        return null;
      },
    });
  };

  #sign() {
    if (this.connection.live && !this.store.sale?.signed?.includes("supervisor")) askingOf(this)?.ask(reportQuestion(this));
  }

  // Drawing

  render() {
    return html`<lc-bar .page=${this} named="page.supervisor"></lc-bar>
      ${statusLine(this)}
      <main>
        <div class="column">${blockPanel(this)} ${this.#stopPanel()}
          <section class="panel log">${bidsPanel(this, html`<lc-voids .page=${this}></lc-voids>`)}</section>
        </div>
        <div class="column">${announcedPanel(this)} <lc-signing .page=${this}></lc-signing> ${lotsPanel(this)}</div>
        <div class="column">${this.#record()} <section class="panel log answers">${actsLog(this)}</section> ${presentPanel(this)}</div>
      </main>
      ${figuresStrip(this.store)}
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.hall")}</a> <a href="record">${t("page.record")}</a> <a href="figures">${t("page.figures")}</a>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>
      <lc-asking></lc-asking>`;
  }

  #stopPanel() {
    const why = this.#whyNoStop;
    return html`<section class="panel stop">
      <button class="button button-stop" ?disabled=${why !== null} @click=${this.#stop} aria-describedby="why-stop"><kbd>s</kbd> ${t("control.stop")}</button>
      <small id="why-stop">${why ?? t("asking.stop.more")}</small>
    </section>`;
  }

  #record() {
    const { watch } = this;
    const most = watch.commonest.slice(0, 2).map(([code, n]) => `${code} ${n}`).join(" · ");
    return html`<section class="panel log told">
      <h2>${t("supervisor.record")} <small class="refusals">${t("supervisor.refusals", { n: watch.refusals })}${most ? html`<br><span class="code">${most}</span>` : nothing}</small></h2>
      <ol class="log-acts" tabindex="0">${watch.told.map((one) => {
        const text = one.events.map(eventText).filter(Boolean).join(" ");
        return text ? html`<li><time>${exactTimeText(one.at_us)}</time><span><a href="record#seq=${one.seq}">${one.seq}</a> ${text}</span></li>` : nothing;
      })}</ol>
    </section>`;
  }
}

stayAwake();
await start("lc-supervisor", Supervisor);

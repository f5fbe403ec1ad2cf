// @ts-check
/** The officers of a quota sale at work: who is there, how fast offers come, and every act of the office with its key. No offer is seen here before the result. */

import { html, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { actsLog } from "../shared/acts-log.js";
import { askingOf } from "../shared/asking.js";
import { stayAwake } from "../shared/awake.js";
import { announcedPanel } from "../shared/block-panel.js";
import { getJson, saleUrl } from "../shared/house.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { shortYuan, yuan } from "../shared/money.js";
import "../shared/signing.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { eventText, exactTimeText } from "../shared/words.js";
import { Watch } from "../supervisor/watch.js";
import "../quota/clock.js";
import "../quota/curve-view.js";
import { heraldedQuota } from "../quota/herald.js";
import { priceSays, priceTitle, resultFacts } from "../quota/panels.js";
import { Rate } from "../quota/rate.js";
import { classesOf, conditionsOf, feedOf } from "../quota/sale.js";
import { stepper } from "../quota/stepper.js";
import { className, counted } from "../quota/words.js";
import { controlsFor } from "./controls.js";
import { QUESTIONS } from "./questions.js";

const LOOKS_EVERY_MS = 1_000;
const FEED_EVERY_MS = 5_000;
const READ_EVERY_MS = 10_000;
const RECORDS = 500;

const SUPERVISES = location.pathname.endsWith("/supervisor");

export class QuotaDesk extends LivePage {
  static personal = true;
  static named = SUPERVISES ? "page.supervisor" : location.pathname.endsWith("/admission") ? "page.admission" : "page.rostrum";

  rate = new Rate();
  watch = new Watch();

  /** What watchers are told of how current their picture is; null until it is known. @type {import("../shared/frames.js").FeedPart | null} */
  #feed = null;

  get office() {
    return this.store.welcome?.role ?? "";
  }

  get heralded() {
    return heraldedQuota(this.store);
  }

  connectedCallback() {
    super.connectedCallback();
    setInterval(() => this.requestUpdate(), LOOKS_EVERY_MS);
    void this.#every(FEED_EVERY_MS, async () => {
      this.#feed = feedOf({ parts: (await getJson(saleUrl(this.sale, "/picture"))).parts, sale: this.store.sale }) ?? null;
    });
    if (SUPERVISES) void this.#every(READ_EVERY_MS, () => this.#read());
  }

  /** @param {number} ms @param {() => Promise<void>} look */
  async #every(ms, look) {
    for (;;) {
      try {
        await look();
        this.requestUpdate();
      } catch {
        this.#feed = null; // The house is away, and says so elsewhere.
      }
      await new Promise((again) => setTimeout(again, ms));
    }
  }

  /** The record as far as it is new to this page. */
  async #read() {
    for (;;) {
      const page = await getJson(saleUrl(this.sale, `/record?after=${this.watch.seq}&limit=${RECORDS}`));
      this.watch.fold(page);
      if (page.records.length < RECORDS) return;
    }
  }

  /** @param {import("../shared/frames.js").Frame} frame */
  changed(frame) {
    const { desk } = this.store.parts;
    if (desk && (frame.type === "picture" || frame.parts?.desk)) this.rate.count(this.connection.clock.house_us(), desk.offers);
    if (frame.type === "record" && frame.events?.length) this.watch.hear({ seq: frame.seq, at_us: frame.at_us, events: frame.events });
  }

  keys() {
    return controlsFor(this.store, this.office).map((control) => ({ key: control.key, says: `control.${control.name}`, run: () => this.#use(control) }));
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-signing, lc-asking, lc-curve, lc-round-clock")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
  }

  // Acting

  /** @param {import("./controls.js").Control} control */
  #whyNot({ name, why }) {
    if (!this.connection.live) return t("why.offline");
    const now_us = this.connection.clock.now_us();
    if (this.acts?.list.some((act) => act.frame.type === name && waits(act, now_us))) return t("why.sent");
    const key = why(this.store, this.office);
    return key && t(key);
  }

  /** @param {import("./controls.js").Control} control */
  #use(control) {
    if (this.#whyNot(control) === null) askingOf(this)?.ask(QUESTIONS[control.name](this));
  }

  // Drawing

  render() {
    return html`<lc-bar .page=${this} named=${this.office ? `role.${this.office}` : "page.rostrum"}></lc-bar>
      ${statusLine(this)}
      <main>
        <div class="column">${stepper(this.store)} ${this.#price()} ${this.#controls()}</div>
        <div class="column">${this.#counts()} ${announcedPanel(this)} <lc-signing .page=${this}></lc-signing></div>
        <div class="column">${this.#told()} <section class="panel log">${actsLog(this)}</section></div>
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.hall")}</a> <a href="record">${t("page.record")}</a> <a href="figures">${t("page.quota-result")}</a>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>
      <lc-asking></lc-asking>`;
  }

  #price() {
    const { store, connection } = this;
    const conditions = conditionsOf(store);
    const told = conditions?.running ?? "cutoff";
    return html`<section class="panel now" aria-label=${t("running.title")}>
      <lc-round-clock .store=${store} .connection=${connection}></lc-round-clock>
      ${classesOf(store).map(({ name, running, result, curve }) => {
        const shown = result ? result.lowest_fen : told === "cutoff" ? (running?.cutoff_fen ?? null) : (running?.average?.average_fen ?? null);
        return html`<div class="now-class">
          <div>
            <p class="muted">${className(name)} · ${result ? t("result.lowest") : priceTitle(store)}</p>
            <p class="price-now money">${shown === null ? "—" : told === "average" && !result ? yuan(shown) : shortYuan(shown)}</p>
            <p class="price-words">${result ? "" : priceSays({ store, cutoff_at_us: running?.cutoff_at_us ?? null, running, now_us: connection.clock.house_us() })}</p>
            ${result
              ? html`<dl class="facts">${resultFacts(result, conditions).filter(({ key }) => key !== "lowest").map((fact) => html`<div><dt>${fact.name}</dt><dd class="number">${fact.value}</dd></div>`)}</dl>`
              : nothing}
          </div>
          ${curve ? html`<lc-curve .store=${store} .connection=${connection} .of=${name}></lc-curve>` : nothing}
        </div>`;
      })}
    </section>`;
  }

  #controls() {
    return html`<section class="panel controls controls-quota" aria-label=${t("rostrum.controls")}>
      ${controlsFor(this.store, this.office).map((control) => {
        const why = this.#whyNot(control);
        return html`<button class="button control control-${control.name} ${control.danger ? "button-stop" : ""}" ?disabled=${why !== null} @click=${() => this.#use(control)} aria-describedby="why-${control.name}">
          <kbd>${control.key}</kbd>
          <span class="control-name">${t(`control.${control.name}`)}</span>
          <small id="why-${control.name}">${why ?? t(`control.quota.${control.name}.more`)}</small>
        </button>`;
      })}
      ${this.store.sale?.phase === "open" ? html`<p class="by-clock">${t("rostrum.by-clock")}</p>` : nothing}
    </section>`;
  }

  /** Who is there, how fast offers come, and whether watchers are spared. */
  #counts() {
    const { presence, parts } = this.store;
    /** @type {import("../shared/frames.js").DeskPart | undefined} */
    const desk = parts.desk;
    const per_s = this.rate.per_s(this.connection.clock.house_us());
    const load = this.#feed === null ? "unknown" : this.#feed.incomplete ? "shed" : "whole";
    return html`<section class="panel counts">
      <h2>${t("counts.title")} <small>${presence ? t("rostrum.presence", { bidders: presence.bidders, watchers: presence.watchers }) : nothing}</small></h2>
      <dl>
        <div><dt>${t("quota.participants")}</dt><dd class="number">${counted(desk?.admitted)}</dd></div>
        <div><dt>${t("counts.accepted")}</dt><dd class="number">${conditionsOf(this.store)?.sign_off ? counted(desk?.accepted) : t("counts.not-needed")}</dd></div>
        ${Object.entries(desk?.bidders ?? {}).map(([name, n]) => html`<div><dt>${t("counts.offered", { class: className(name) })}</dt><dd class="number">${counted(n)}</dd></div>`)}
        <div><dt>${t("counts.offers")}</dt><dd class="number">${counted(desk?.offers)}</dd></div>
        <div><dt>${t("counts.changed")}</dt><dd class="number">${counted(desk?.changed)}</dd></div>
        <div><dt>${t("counts.per-s")}</dt><dd class="number">${per_s === null ? "—" : per_s < 10 ? per_s.toFixed(1) : counted(Math.round(per_s))}</dd></div>
        <div class="load load-${load}"><dt>${t("counts.load")}</dt><dd>${t(`counts.load.${load}`)}${this.#feed?.left_out ? html` <small>${t("counts.left-out", { n: this.#feed.left_out })}</small>` : nothing}</dd></div>
      </dl>
    </section>`;
  }

  #told() {
    const { watch } = this;
    const most = watch.commonest.slice(0, 2).map(([code, n]) => `${code} ${n}`).join(" · ");
    return html`<section class="panel log told">
      <h2>${t("supervisor.record")} ${SUPERVISES ? html`<small class="refusals">${t("supervisor.refusals", { n: watch.refusals })}${most ? html`<br><span class="code">${most}</span>` : nothing}</small>` : nothing}</h2>
      <ol class="log-acts" tabindex="0">${watch.told.map((one) => {
        const text = one.events.map(eventText).filter(Boolean).join(" ");
        return text ? html`<li><time>${exactTimeText(one.at_us)}</time><span><a href="record#seq=${one.seq}">${one.seq}</a> ${text}</span></li>` : nothing;
      })}</ol>
    </section>`;
  }
}

stayAwake();
await start("lc-quota-desk", QuotaDesk);

// @ts-check
/**
 * The wall of a quota sale (额度拍卖): which round, how long yet, the cut-off price and how it ran. Reads from ten metres; shows nothing private, and
 * nothing the sheet hides. Told from the picture and the clock of the house alone.
 */

import { html, nothing } from "../vendor/lit.js";
import { suspension } from "../hall/block.js";
import { hangOnTheWall, toggleFullScreen } from "../hall/kiosk.js";
import { recordCode } from "../hall/panels.js";
import { sealed } from "../hall/screen.js";
import { staleSince } from "../hall/stale.js";
import { stayAwake } from "../shared/awake.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { shortYuan, yuan } from "../shared/money.js";
import { start } from "../shared/start.js";
import { staleLine, statusLine } from "../shared/status.js";
import "../quota/clock.js";
import "../quota/curve-view.js";
import { heraldedQuota, quotaSentence } from "../quota/herald.js";
import { feedNote, priceSays, priceTitle, resultFacts } from "../quota/panels.js";
import { classesOf, conditionsOf } from "../quota/sale.js";
import { quotaSentences } from "../quota/sheet.js";
import { stepper } from "../quota/stepper.js";
import { className, counted } from "../quota/words.js";

/** Nobody is there to open another link, so a house that does not let us in is asked again. */
const AGAIN_MS = 15_000;
const LOOKS_EVERY_MS = 1_000;

/** So many sentences of the sheet fit where the curve would stand. */
const SENTENCES = 6;

class QuotaHall extends LivePage {
  static named = "page.hall";

  connectedCallback() {
    super.connectedCallback();
    setInterval(() => this.requestUpdate(), LOOKS_EVERY_MS);
    this.connection.on("state", (state) => state === "shut" && setTimeout(() => void this.connection.connect(), AGAIN_MS));
  }

  keys() {
    return [{ key: "f", says: "keys.fullscreen", run: toggleFullScreen }];
  }

  get heralded() {
    return heraldedQuota(this.store);
  }

  render() {
    const { store, connection } = this;
    const since_us = staleSince(connection, connection.clock.now_us());
    return html`<lc-bar .page=${this} named="page.hall"></lc-bar>
      ${since_us === null ? statusLine(this, quotaSentence(store)) : staleLine(this, since_us)}
      <main class=${since_us === null ? "wall" : "wall stale"}>
        ${stepper(store)}
        ${store.sale?.phase === "planned" ? this.#planned() : html`<div class="classes-wall classes-${classesOf(store).length}">${classesOf(store).map((one) => (one.result ? this.#result(one.name, one.result) : this.#class(one)))}</div>`}
        ${store.sale?.phase === "suspended" ? suspension(store) : store.sale?.phase === "closed" ? nothing : html`<lc-round-clock .store=${store} .connection=${connection}></lc-round-clock>`}
      </main>
      ${this.#strip()}
      <footer class="seal">
        ${sealed(store)} ${feedNote(store)}
        <span class="seal-hint">
          <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
          <button class="link" @click=${toggleFullScreen}><kbd>f</kbd> ${t("keys.fullscreen")}</button>
        </span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  /** Before the opening: what is sold, and by which rules. */
  #planned() {
    const { sale } = this.store;
    const conditions = conditionsOf(this.store);
    return html`<section class="before">
      <h2>${sale ? inLanguage(sale.title) : t("hall.connecting")}</h2>
      <ul>${conditions ? quotaSentences(conditions).slice(0, SENTENCES).map((sentence) => html`<li>${sentence}</li>`) : nothing}</ul>
    </section>`;
  }

  /** @param {ReturnType<typeof classesOf>[number]} one */
  #class({ name, running }) {
    const { store } = this;
    const told = conditionsOf(store)?.running ?? "cutoff";
    const shown = told === "cutoff" ? (running?.cutoff_fen ?? null) : (running?.average?.average_fen ?? null);
    const text = shown === null ? "—" : told === "average" ? yuan(shown) : shortYuan(shown);
    return html`<section class="class-wall" aria-label=${className(name)}>
      <div class="class-price">
        <p class="name">${priceTitle(store)}${classesOf(store).length > 1 ? html` · <b>${className(name)}</b>` : nothing}</p>
        <p class="price-now money ${text.length > 8 ? "price-long" : ""}">${text}</p>
        <p class="price-words">${priceSays({ store, cutoff_at_us: running?.cutoff_at_us ?? null, running, now_us: this.connection.clock.house_us() })}</p>
      </div>
      ${told === "cutoff" ? html`<lc-curve size=${classesOf(store).length > 1 ? "strip" : "wall"} .store=${store} .connection=${this.connection} .of=${name}></lc-curve>` : this.#sheet()}
    </section>`;
  }

  /** Where no price is told: what the sheet says instead. */
  #sheet() {
    const conditions = conditionsOf(this.store);
    return html`<ul class="terms-wall">${conditions ? quotaSentences(conditions).slice(0, SENTENCES).map((sentence) => html`<li>${sentence}</li>`) : nothing}</ul>`;
  }

  /** @param {string} name @param {import("../shared/frames.js").ClassResultPart} result */
  #result(name, result) {
    const { store } = this;
    return html`<section class="class-wall class-result" aria-label=${className(name)}>
      <div class="class-price">
        <p class="name">${t("result.lowest")}${classesOf(store).length > 1 ? html` · <b>${className(name)}</b>` : nothing}</p>
        <p class="price-now money">${result.lowest_fen === null ? "—" : shortYuan(result.lowest_fen)}</p>
        <dl class="result-wall">${resultFacts(result, conditionsOf(store))
          .filter(({ key }) => key !== "lowest")
          .map((fact) => html`<div class="fact-${fact.key}"><dt>${fact.name}</dt><dd class="number">${fact.value}</dd></div>`)}</dl>
      </div>
      ${store.parts[`curve/${name}`] ? html`<lc-curve size=${classesOf(store).length > 1 ? "strip" : "wall"} .store=${store} .connection=${this.connection} .of=${name}></lc-curve>` : nothing}
    </section>`;
  }

  #strip() {
    const { quota } = this.store.parts;
    const conditions = conditionsOf(this.store);
    const offers = classesOf(this.store).map(({ running }) => running?.offers ?? null);
    const most_fen = conditions?.first_max_fen ?? conditions?.price_max_fen ?? null;
    return html`<section class="figures" aria-label=${t("figures.title")}>
      ${figure(t("running.quota"), counted(quota?.plates))}
      ${figure(t("quota.participants"), counted(quota?.admitted))}
      ${figure(t("running.offers"), offers.includes(null) ? t("running.hidden") : counted(offers.reduce((sum, n) => (sum ?? 0) + (n ?? 0), 0)))}
      ${most_fen === null ? figure(t("running.floor-price"), conditions ? shortYuan(conditions.floor_fen) : "—") : figure(t(conditions?.first_max_fen ? "running.first-max" : "running.price-max"), shortYuan(most_fen))}
      ${this.store.sale ? recordCode() : nothing}
    </section>`;
  }
}

/** @param {string} name @param {string} value */
function figure(name, value) {
  return html`<div class="figure"><span class="figure-name">${name}</span><b class=${/\d/.test(value) ? "number" : "figure-word"}>${value}</b></div>`;
}

stayAwake();
hangOnTheWall(document);
await start("lc-quota-hall", QuotaHall);

// @ts-check
/**
 * What came of an opening of sealed bids, for everybody, and for paper: its way with the record of each step, every sheet that was read out, what was
 * not opened and why, objections, digests, and the papers. Before the list it shows nobody.
 */

import { html, nothing } from "../vendor/lit.js";
import { boardFigures, boardTable, stateMark } from "../opening/board.js";
import { heraldedOpening, openingSentence } from "../opening/herald.js";
import { envelopesOf, isListed, isReadOut, objectionsOf, openingOf, standOf, tenderOf } from "../opening/opening.js";
import { tenderSentences } from "../opening/rules.js";
import { resultsSheet } from "../opening/sheet.js";
import { openingStepper } from "../opening/stepper.js";
import { whyText } from "../opening/words.js";
import { getJson, saleUrl } from "../shared/house.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { timeText } from "../shared/words.js";
import { digestsOf, papersOf, recordsOf } from "./paper.js";

class OpeningResult extends LivePage {
  static named = "page.opening-result";
  static properties = { paper: { state: true }, signs: { state: true } };

  constructor() {
    super();
    /** The record of the opening as the house hands it out, once it is over. @type {import("./paper.js").Paper | null} */
    this.paper = null;
    /** Whether the house hands it out with a signature, too. */
    this.signs = false;
  }

  get heralded() {
    return heraldedOpening(this.store);
  }

  keys() {
    return [{ key: "p", says: "fig.print", run: () => print() }];
  }

  /** @param {import("../shared/frames.js").Frame} frame @param {import("../shared/store.js").Parts} before */
  changed(frame, before) {
    const stage = openingOf(this.store)?.stage;
    if (this.store.sale?.phase === "closed" && (!this.paper || before.opening?.stage !== stage)) void this.#fetch();
  }

  async #fetch() {
    try {
      this.paper = await getJson(saleUrl(this.sale, "/papers/opening-record.json"));
      this.signs = (await getJson(saleUrl(this.sale, "/papers"))).signs;
    } catch {
      // The house is making others' papers, or is away: what the picture holds is shown, and the next change asks again.
    }
  }

  render() {
    const { store } = this;
    const { sale } = store;
    return html`<lc-bar .page=${this} named="page.opening-result"></lc-bar>
      ${statusLine(this, openingSentence(store))}
      <main>
        <section class="head">
          <h2>${sale ? inLanguage(sale.title) : t("hall.connecting")}</h2>
          <p class="result-state result-${sale?.result ?? "none"}">${sale ? t(sale.result ? `result.${sale.result}` : `opening-result.none.${isReadOut(store) ? "read" : isListed(store) ? "listed" : "before"}`) : nothing}</p>
          <p class="actions">
            <button class="button button-small" @click=${() => print()}><kbd>p</kbd> ${t("fig.print")}</button>
            ${papersOf(this.sale, sale, this.signs).map(({ href, says }) => html`<a class="button button-small" href=${href} download>${t(says)}</a>`)}
            <a class="button button-small" href="record">${t("opening-result.check")}</a>
            <a class="button button-small" href="hall">${t("page.opening-hall")}</a>
          </p>
        </section>
        ${openingStepper(store)}
        ${isReadOut(store) ? this.#sheets() : isListed(store) ? this.#list() : this.#before()}
        ${this.#objections()}
        ${this.#times()}
        ${this.#digests()}
        ${sale ? html`<p class="scan"><img src="record.svg" alt=""><span>${t("hall.scan")}</span></p>` : nothing}
      </main>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  #before() {
    const tender = tenderOf(this.store);
    return html`<section class="panel terms">
      <h2>${t("terms.title")}</h2>
      <ul>${tender ? tenderSentences(tender).map((sentence) => html`<li>${sentence}</li>`) : nothing}</ul>
      <p class="muted">${t("record.veiled")}</p>
    </section>`;
  }

  #list() {
    return html`<section class="panel listed" aria-label=${t("opening.board")}>
      ${boardFigures(this.store, this.connection.clock.house_us())}
      <div class="scroll" tabindex="0">${boardTable(this.store)}</div>
    </section>`;
  }

  #sheets() {
    const lost = envelopesOf(this.store).filter(({ state }) => standOf(state) !== "opened");
    return html`<section class="panel sheets" aria-label=${t("opening.sheet")}><div class="scroll" tabindex="0">${resultsSheet(this.store)}</div></section>
      ${lost.length
        ? html`<section class="panel lost"><h2>${t("opening-result.lost")}</h2><ul>${lost.map(({ bidder, name, title, state, why, reason, evidence }) => html`<li>
            <b>${name}</b> <span class="number">${bidder}</span> · ${inLanguage(title)} · ${stateMark(state, false)}
            <small>${whyText(why)}${reason ? html` · ${reason}` : nothing}${evidence ? html` · ${t("opening.evidence")} <span class="code">${evidence}</span>` : nothing}</small></li>`)}</ul></section>`
        : nothing}`;
  }

  #objections() {
    const objections = objectionsOf(this.store);
    if (!isReadOut(this.store)) return nothing;
    return html`<section class="panel objections"><h2>${t("opening.objections")}</h2>
      ${objections.length
        ? html`<ol>${objections.map(({ bidder, text, at_us, answer, answered_at_us }) => html`<li><p><time>${timeText(at_us)}</time> <b class="number">${bidder}</b> ${text}</p>
            <p class=${answer === null ? "warn" : "good"}>${answer === null ? t("opening.objections.open") : html`<time>${timeText(answered_at_us ?? at_us)}</time> ${t("role.host")}: ${answer}`}</p></li>`)}</ol>`
        : html`<p class="empty">${t("opening.objections.none")}</p>`}
    </section>`;
  }

  /** When each step came, with the record that says so. */
  #times() {
    const records = recordsOf(this.paper);
    if (!records.length) return nothing;
    return html`<section class="panel times"><h2>${t("opening-result.times")}</h2>
      <dl>${records.map(({ stage, at_us, seq }) => html`<div><dt>${t(`opening-result.time.${stage}`)}</dt><dd><time class="number">${timeText(at_us)}</time> <a href="record#seq=${seq}">${t("opening-result.seq", { seq })}</a></dd></div>`)}</dl>
    </section>`;
  }

  #digests() {
    const { store } = this;
    const { sale } = store;
    const opening = openingOf(store);
    const envelopes = digestsOf(this.paper);
    return html`<section class="panel digests"><h2>${t("opening-result.digests")}</h2>
      <dl class="seals">
        <div><dt>${t("opening.root")}</dt><dd class="code">${opening?.root ?? "—"}</dd></div>
        <div><dt>${t("opening.report")}</dt><dd class="code">${opening?.report ?? "—"}</dd></div>
        <div><dt>${t("result.signed", { roles: "" })}</dt><dd>${(sale?.signed ?? []).map((one) => t(`role.${one}`)).join(t("list.comma")) || "—"}</dd></div>
        <div><dt>${t("hall.rules")}</dt><dd class="code">${sale?.rules ?? "—"}</dd></div>
        ${isListed(store) ? html`<div><dt>${t("hall.head")}</dt><dd class="code">${store.seq} · ${store.head}</dd></div>` : nothing}
        ${envelopes.map(({ bidder, name, manifest, at_us, seq }) => html`<div><dt>${t("opening-result.envelope", { bidder, name })}</dt><dd><span class="code">${manifest}</span> <small>${t("opening-result.received")} <time>${timeText(at_us)}</time> ${seq ? html`<a href="record#seq=${seq}">${t("opening-result.seq", { seq })}</a>` : nothing}</small></dd></div>`)}
      </dl>
    </section>`;
  }
}

await start("lc-opening-result", OpeningResult);

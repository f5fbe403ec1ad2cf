// @ts-check
/**
 * A bidder in an opening of sealed bids. Before the deadline: seal, upload, submit, the receipt, replace, take back. Afterwards: the list, unsealing,
 * his own result, and confirming it or objecting on the spot.
 */

import { html, keyed, nothing } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { heldToken } from "../shared/address.js";
import { askingOf } from "../shared/asking.js";
import { toHex } from "../shared/bytes.js";
import { saleUrl } from "../shared/house.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { askerOf } from "../shared/socket.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { exactTimeText, refusalText, timeText } from "../shared/words.js";
import { boardTable } from "../opening/board.js";
import "../opening/clock.js";
import { heraldedOpening } from "../opening/herald.js";
import { isListed, objectionsOf, openingOf, tenderOf } from "../opening/opening.js";
import { resultsSheet } from "../opening/sheet.js";
import { openingStepper } from "../opening/stepper.js";
import { amountWords, depositText, valueText } from "../opening/words.js";
import { SealDesk } from "../seal/desk.js";
import { showCertificates } from "./certificates.js";
import { Kept } from "./kept.js";
import { asAct, lastAct, receiptOf, sealedFor, standingOf } from "./own.js";
import "./own-key.js";
import "./receipt-panel.js";
import { paperButton } from "./receipt-paper.js";
import "./usb-bidder.js";

/** Where this machine's middleware for USB keys listens; 0 where the house does not let pages ask it. */
const USB_KEY_PORT = Number(document.documentElement.dataset.usbKeyPort ?? 0);
const TROUBLES = ["key", "certificate", "device", "network", "platform"];

export class OpeningBidder extends LivePage {
  static personal = true;
  static named = "page.bidder";

  constructor() {
    super();
    /** @type {string | null} */
    this.chosen = null;
    /** Another envelope is being made, though one stands. */
    this.replacing = false;
    this.takingBack = false;
    /** Who seals with his USB key; null while certificates are files. @type {import("../seal/sealer.js").Bidder | null} */
    this.device = null;
    /** The house looks at the certificates. */
    this.showing = false;
    /** Why it does not take them. @type {import("../shared/frames.js").Refusal | null} */
    this.turnedAway = null;
    /** @type {Kept | null} */
    this.kept = null;
    this.connection.on("welcomed", (welcome) => (this.kept = new Kept(localStorage, this.sale, askerOf(welcome))));
    this.connection.on("news", ({ id, news }) => this.#heard(id, news));
    this.addEventListener("seal-deposited", (event) => this.#deposited(/** @type {CustomEvent} */ (event).detail.envelope));
  }

  /** What the house tells this bidder alone. @returns {import("./own.js").Own | null} */
  get own() {
    return /** @type {any} */ (this.store.mine);
  }

  get section() {
    return this.chosen ?? tenderOf(this.store)?.sections[0]?.section ?? "";
  }

  get heralded() {
    return heraldedOpening(this.store);
  }

  keys() {
    return [{ key: "u", says: "obid.keys.use", run: () => this.#focus("lc-own-key button, .obid-submit, lc-seal-desk input") }];
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-opening-clock, lc-seal-desk, lc-own-key, lc-receipt-panel, lc-asking")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
  }

  // Acting

  /** @param {import("../seal/sealer.js").Envelope} envelope */
  #deposited({ manifest, signature, signing, encryption }) {
    const { section, version } = manifest.context.names;
    this.turnedAway = null;
    this.kept?.keep({ section, version, manifest: manifest.text, signature: toHex(signature), signing: toHex(signing.der), encryption: toHex(encryption.der) });
    this.requestUpdate();
    void this.updateComplete.then(() => this.#focus(".obid-submit"));
  }

  /** @param {CustomEvent<import("../seal/sealer.js").Bidder | null>} event */
  #plugged = ({ detail }) => {
    this.device = detail;
    this.requestUpdate();
  };

  /** The certificates first: where the centre holds them to its trust store, nothing is on the record before they are good. */
  async #submit() {
    const kept = this.#next();
    if (!kept || this.showing || !this.#may("submit_envelope")) return;
    this.showing = true;
    this.turnedAway = null;
    this.requestUpdate();
    try {
      this.turnedAway = await showCertificates(this.sale, kept);
      if (!this.turnedAway) this.connection.ask({ type: "submit_envelope", section: kept.section, manifest: kept.manifest, signature: kept.signature });
    } finally {
      this.showing = false;
      this.requestUpdate();
    }
  }

  /** @param {string} id @param {import("../shared/acts.js").News} news */
  #heard(id, { state }) {
    const act = this.acts?.list.find((one) => one.id === id);
    if (state !== "accepted" || !act) return;
    if (act.frame.type === "submit_envelope") {
      this.kept?.forget(act.frame.section);
      this.replacing = false;
    }
    if (act.frame.type === "withdraw_envelope") this.takingBack = false;
    this.requestUpdate();
  }

  /** Whether such an act may be asked now. @param {string} kind */
  #may(kind) {
    const now_us = this.connection.clock.now_us();
    return this.connection.live && !this.acts?.list.some((act) => act.frame.type === kind && waits(act, now_us));
  }

  #object() {
    askingOf(this)?.ask({
      title: () => t("obid.object"),
      act: () => t("obid.object.send"),
      body: () => html`<p class="muted">${t("obid.object.what")}</p><label><span>${t("obid.object.text")}</span><input name="text" required maxlength="500" autocomplete="off"></label>`,
      send: (fields) => {
        const text = String(fields.get("text") ?? "").normalize("NFC").trim();
        if (!text) return t("obid.object.empty");
        this.connection.ask({ type: "object", text });
        return null;
      },
    });
  }

  /** @param {string} selector */
  #focus(selector) {
    /** @type {HTMLElement | null} */ (this.querySelector(selector))?.focus();
  }

  #next() {
    const own = this.own?.sections[this.section];
    return own ? (this.kept?.next(this.section, own.version + 1) ?? null) : null;
  }

  // Drawing

  render() {
    const { store, connection, own, section } = this;
    const stage = openingOf(store)?.stage;
    const mine = own?.sections[section];
    return html`<lc-bar .page=${this} named="page.opening-bidder"></lc-bar>
      ${statusLine(this, stage ? t(`opening.now.${stage}`) : undefined)}
      <main>
        ${openingStepper(store)}
        ${this.#where()}
        <lc-opening-clock .store=${store} .connection=${connection}></lc-opening-clock>
        <div class="obid-work">
          ${this.#sections()}
          ${mine && own ? (stage === "receiving" ? this.#before(own, mine) : this.#after(mine)) : nothing}
        </div>
        <aside class="obid-side">
          ${this.#me()}
          ${this.#acts()}
        </aside>
      </main>
      <footer class="foot"><button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button></footer>
      <lc-help .keys=${this.keys()}></lc-help>
      <lc-asking></lc-asking>`;
  }

  /** What is so and what to do, as a banner that is always there. */
  #where() {
    const { store, own, section } = this;
    const acts = this.acts?.list ?? [];
    const { kind, key, next, refusal } = standingOf({
      live: this.connection.live,
      stage: openingOf(store)?.stage,
      suspended: store.sale?.phase === "suspended",
      own: own?.sections[section],
      signedIn: own?.signed_in_at_us != null,
      act: this.showing ? asAct("sent") : this.turnedAway ? asAct("refused", this.turnedAway) : lastAct(acts, section),
      kept: this.#next() !== null,
    });
    const values = { at: own?.sections[section]?.envelope ? exactTimeText(own.sections[section].envelope.at_us) : "", version: own?.sections[section]?.version ?? 0 };
    return html`<p class="obid-where obid-where-${kind}" role="status"><i aria-hidden="true"></i><span><b>${refusal ? refusalText(refusal) : t(key, values)}</b> ${next ? html`<span class="obid-next">${t(next, values)}</span>` : nothing}</span></p>`;
  }

  #sections() {
    const sections = tenderOf(this.store)?.sections ?? [];
    if (sections.length < 2) return nothing;
    return html`<div class="ways" role="group" aria-label=${t("obid.sections")}>${sections.map(({ section, title }) => html`<button type="button" class="button" aria-pressed=${section === this.section} @click=${() => this.#choose(section)}>${inLanguage(title)}</button>`)}</div>`;
  }

  /** @param {string} section */
  #choose(section) {
    this.chosen = section;
    this.replacing = this.takingBack = false;
    this.requestUpdate();
  }

  /** @param {import("./own.js").Own} own @param {import("./own.js").OwnSection} mine */
  #before(own, mine) {
    const tender = tenderOf(this.store);
    const act = receiptOf(this.acts?.list ?? [], this.section);
    const desk = tender && own.may_submit && (!mine.envelope || this.replacing);
    return html`${mine.envelope ? this.#standing(mine, mine.envelope) : nothing}
      ${this.#next() ? this.#ready(mine) : nothing}
      ${mine.envelope && act?.events?.some(({ version }) => version === mine.version) ? html`<lc-receipt-panel .page=${this} .act=${act}></lc-receipt-panel>` : nothing}
      ${desk ? keyed(`${this.section} ${mine.version}`, html`${USB_KEY_PORT ? html`<lc-usb-bidder .port=${USB_KEY_PORT} @usb-bidder=${this.#plugged}></lc-usb-bidder>` : nothing}<lc-seal-desk .bidder=${this.device} .tender=${this.#tender(tender, own)} .uploads=${saleUrl(this.sale, "/uploads")} .token=${heldToken(this.sale) ?? ""}></lc-seal-desk>`) : nothing}`;
  }

  /** The same object as long as it says the same: the desk is drawn anew for another. @param {import("../opening/opening.js").Tender} tender @param {import("./own.js").Own} own */
  #tender(tender, own) {
    const made = sealedFor(tender, this.section, own);
    if (JSON.stringify(made) !== JSON.stringify(this.sealed)) this.sealed = made;
    return this.sealed;
  }

  /** @type {import("../seal/form.js").Tender | undefined} */
  sealed;

  /** @param {import("./own.js").OwnSection} mine @param {NonNullable<import("./own.js").OwnSection["envelope"]>} envelope */
  #standing(mine, envelope) {
    const busy = this.#desk()?.stage === "sealing" || this.#desk()?.stage === "sending";
    return html`<section class="panel obid-standing">
      <h2>${t("obid.envelope")} <small>${t("obid.envelope.version", { n: mine.version })}</small></h2>
      <dl class="digests"><dt>${t("obid.receipt.at")}</dt><dd class="number">${exactTimeText(envelope.at_us)}</dd><dt>${t("obid.envelope.digest")}</dt><dd class="code">${envelope.manifest}</dd></dl>
      <div class="choices">
        <button type="button" class="button obid-replace" aria-expanded=${this.replacing} ?disabled=${busy} @click=${() => ((this.replacing = !this.replacing), (this.takingBack = false), this.requestUpdate())}>${t("obid.replace")}</button>
        <button type="button" class="button obid-withdraw" aria-expanded=${this.takingBack} ?disabled=${busy} @click=${() => ((this.takingBack = !this.takingBack), (this.replacing = false), this.requestUpdate())}>${t("obid.withdraw")}</button>
      </div>
      ${this.takingBack ? html`<p>${t("obid.withdraw.what")}</p><lc-own-key .connection=${this.connection} .what=${"withdraw"} .port=${USB_KEY_PORT} .section=${this.section} .spelled=${envelope.spelled}></lc-own-key>` : nothing}
    </section>`;
  }

  #desk() {
    return /** @type {SealDesk | null} */ (this.querySelector("lc-seal-desk"));
  }

  /** @param {import("./own.js").OwnSection} mine */
  #ready(mine) {
    return html`<section class="panel obid-ready">
      <h2>${t("obid.submit.title")}</h2>
      <p>${t(mine.envelope ? "obid.submit.replaces" : "obid.submit.what", { n: mine.version + 1 })}</p>
      <div class="choices"><button type="button" class="button button-main obid-submit" ?disabled=${this.showing || !this.#may("submit_envelope")} @click=${() => void this.#submit()}>${t("obid.submit")}</button></div>
    </section>`;
  }

  /** @param {import("./own.js").OwnSection} mine */
  #after(mine) {
    const { store } = this;
    return html`${mine.may_unseal && mine.envelope ? this.#unsealing(mine.envelope.spelled) : nothing}
      ${mine.sheet ? this.#result(mine, mine.sheet) : nothing}
      ${isListed(store) ? html`<section class="panel obid-list"><h2>${t("opening.board")}</h2><div class="wide" tabindex="0">${boardTable(store)}</div></section>` : nothing}
      ${openingOf(store)?.read_out_at_us ? html`<section class="panel obid-list"><h2>${t("opening.sheet")}</h2><div class="wide" tabindex="0">${resultsSheet(store)}</div></section>` : nothing}
      ${this.#objections()}`;
  }

  /** @param {string} spelled */
  #unsealing(spelled) {
    return html`<section class="panel obid-unseal"><h2>${t("obid.unseal")}</h2>
      <lc-own-key .connection=${this.connection} .what=${"unseal"} .port=${USB_KEY_PORT} .section=${this.section} .spelled=${spelled}></lc-own-key>
      <details class="obid-trouble"><summary>${t("obid.trouble")}</summary><p class="muted">${t("obid.trouble.what")}</p>
        <div class="ways">${TROUBLES.map((trouble) => html`<button type="button" class="button" ?disabled=${!this.#may("report_trouble")} @click=${() => this.connection.ask({ type: "report_trouble", section: this.section, trouble })}>${t(`opening.trouble.${trouble}`)}</button>`)}</div>
      </details></section>`;
  }

  /** @param {import("./own.js").OwnSection} mine @param {import("../opening/opening.js").SheetContent} sheet */
  #result(mine, sheet) {
    const reading = openingOf(this.store)?.stage === "read_out";
    return html`<section class="panel obid-result"><h2>${t("obid.result")}</h2>
      <dl>${(tenderOf(this.store)?.fields ?? []).map((field) => html`<div><dt>${inLanguage(field.title)}</dt><dd><b class=${field.kind === "money" ? "money" : ""}>${valueText(field, sheet[field.name])}</b> ${field.kind === "money" ? html`<small>${amountWords(sheet[field.name])}</small>` : nothing} ${mine.flaws.includes(field.name) ? html`<small class="bad">${t("opening.flaw")}</small>` : nothing}</dd></div>`)}</dl>
      ${mine.above_ceiling ? html`<p class="bad">${t("opening.above-ceiling")}</p>` : nothing}
      <div class="choices">
        ${mine.confirmed_at_us === null ? html`<button type="button" class="button button-main obid-confirm" ?disabled=${!reading || !this.#may("confirm_sheet")} @click=${() => this.connection.ask({ type: "confirm_sheet", section: this.section })}>${t("obid.confirm")}</button>` : html`<span class="good">✓ ${t("obid.confirmed", { at: timeText(mine.confirmed_at_us) })}</span>`}
        <button type="button" class="button obid-object" ?disabled=${!reading || !this.#may("object")} @click=${() => this.#object()}>${t("obid.object")}</button>
      </div></section>`;
  }

  #objections() {
    const objections = objectionsOf(this.store);
    if (!objections.length) return nothing;
    return html`<section class="panel obid-objections"><h2>${t("obid.objections")}</h2><ol>${objections.map(({ bidder, text, answer, at_us }) => html`<li><b>${bidder}</b> <time>${timeText(at_us)}</time> ${text}<p class=${answer === null ? "muted" : ""}>${answer ?? t("obid.objections.open")}</p></li>`)}</ol></section>`;
  }

  #me() {
    const { own, section } = this;
    const { sale } = this.store;
    const signIn = own && own.signed_in_at_us === null && !["signing", "ended", "reconvened"].includes(openingOf(this.store)?.stage ?? "ended");
    return html`<section class="panel obid-me" aria-label=${t("me.title")}>
      <p><b>${own?.name ?? "—"}</b> <span class="number">${own?.bidder ?? "—"}</span></p>
      <dl>
        <div><dt>${t("opening.deposit")}</dt><dd>${depositText(own?.sections[section]?.deposit ?? null)}</dd></div>
        <div><dt>${t("obid.signed-in")}</dt><dd class="number">${own?.signed_in_at_us ? timeText(own.signed_in_at_us) : "—"}</dd></div>
        ${sale?.signed?.length ? html`<div><dt>${t("obid.signatures")}</dt><dd>${sale.signed.map((role) => t(`obid.signed.${role}`)).join(" ")}</dd></div>` : nothing}
      </dl>
      <div class="choices">
        ${signIn ? html`<button type="button" class="button obid-sign-in" ?disabled=${!this.#may("sign_in")} @click=${() => this.connection.ask({ type: "sign_in" })}>${t("obid.sign-in")}</button>` : nothing}
        ${own?.sections[section]?.envelope ? paperButton(this, section) : nothing}
      </div>
    </section>`;
  }

  #acts() {
    const acts = this.acts?.list ?? [];
    return html`<section class="panel acts"><h2>${t("obid.acts")}</h2>
      ${acts.length ? html`<ol tabindex="0">${acts.slice(0, 12).map((act) => html`<li class="act act-${act.state}"><p class="act-line"><b>${t(`obid.act.${act.frame.type}`)}</b><span class="badge">${t(`stands.${act.state}`)}</span></p><p class="act-more"><time>${exactTimeText(act.events?.find(({ at_us }) => at_us)?.at_us ?? act.asked_at_us)}</time></p>${act.refusal ? html`<p class="act-why">${refusalText(act.refusal)}</p>` : nothing}</li>`)}</ol>` : html`<p class="empty">${t("obid.acts.none")}</p>`}</section>`;
  }
}

await start("lc-opening-bidder", OpeningBidder);

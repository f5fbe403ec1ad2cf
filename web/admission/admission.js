// @ts-check
/** The admission desk (受理台): paddles, deposits, rules attested, rights of first refusal. Every act is on the record. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { actsLog } from "../shared/acts-log.js";
import { admit, attest, paddleField, paddleOf } from "../shared/desk-questions.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { hereMark } from "../shared/present-panel.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { channelText } from "../shared/words.js";
import { found } from "./search.js";

/** @typedef {import("../shared/frames.js").PaddlePart} PaddlePart */

export class Admission extends LivePage {
  static personal = true;
  static named = "page.admission";
  static properties = { sought: { state: true }, wrong: { state: true } };

  constructor() {
    super();
    this.sought = "";
    /** Why a form was not sent, by the form's name. @type {Record<string, string>} */
    this.wrong = {};
  }

  keys() {
    return [
      { key: "a", says: "clerk.admit", run: () => this.#focus(".admit input") },
      { key: "f", says: "admission.search", run: () => this.#focus(".search input") },
      { key: "t", says: "control.attest_rules", run: () => this.#focus(".attest input") },
      { key: "g", says: "admission.priority", run: () => this.#focus(".grant input") },
    ];
  }

  /** @param {string} what */
  #focus(what) {
    /** @type {HTMLInputElement | null} */ (this.querySelector(what))?.select();
  }

  // Acting

  /** Why no act of this kind can be asked now; null if it can. @param {string} type */
  #whyNot(type) {
    if (!this.connection.live) return t("why.offline");
    if (this.store.sale?.phase === "closed") return t("cannot.closed");
    const now_us = this.connection.clock.now_us();
    return this.acts?.list.some((act) => act.frame.type === type && waits(act, now_us)) ? t("why.sent") : null;
  }

  /**
   * Sends a form, and makes room for the next person.
   * @param {SubmitEvent} event
   * @param {string} type
   * @param {(fields: FormData) => string | null} send gives a sentence if what was typed will not do
   */
  #submit(event, type, send) {
    event.preventDefault();
    if (this.#whyNot(type) !== null) return;
    const form = /** @type {HTMLFormElement} */ (event.target);
    const wrong = send(new FormData(form));
    this.wrong = { ...this.wrong, [type]: wrong ?? "" };
    if (wrong === null) form.reset();
    form.querySelector("input")?.select();
  }

  /** @param {FormData} fields */
  #grant(fields) {
    const paddle = paddleOf(fields);
    if (paddle === null) return t("clerk.unreadable-paddle");
    if (!this.store.parts[`paddle/${paddle}`]) return t("clerk.no-paddle", { no: paddle });
    this.connection.ask({ type: "priority", paddle, lot: Number(fields.get("lot")), rank: Number(fields.get("rank")) });
    return null;
  }

  // Drawing

  render() {
    return html`<lc-bar .page=${this} named="page.admission"></lc-bar>
      ${statusLine(this)}
      <main>
        <div class="column desk-forms">${this.#admit()} ${this.store.rules?.sign_off ? this.#attest() : nothing} ${this.#priority()}</div>
        <div class="column">${this.#paddles()} <section class="panel log">${actsLog(this)}</section></div>
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  #admit() {
    return this.#form("admit", "clerk.admit", "a", "clerk.admit-do", (fields) => admit(this, fields), html`
      <label><span>${t("clerk.channel")}</span><select name="channel"><option value="online">${t("channel.online")}</option><option value="hall">${t("channel.hall")}</option></select></label>
      <label><span>${t("clerk.deposits")}</span><input class="number" name="deposits" type="number" min="1" max="1000" value="1" required></label>`);
  }

  #attest() {
    return this.#form("attest_rules", "control.attest_rules", "t", "admission.attest", (fields) => attest(this, paddleOf(fields)), nothing, "attest");
  }

  #priority() {
    const waiting = this.store.lots.filter(({ phase }) => phase === "waiting");
    return this.#form("priority", "admission.priority", "g", "admission.grant", (fields) => this.#grant(fields), html`
      <label><span>${t("admission.lot")}</span><select name="lot" required>${waiting.map((lot) => html`<option value=${lot.lot}>${lot.lot} · ${lot.plate}</option>`)}</select></label>
      <label><span>${t("admission.rank")}</span><input class="number" name="rank" type="number" min="1" max="100" value="1" required></label>`, "grant");
  }

  /**
   * A form, with the reason why it rests or what was wrong always in the same place.
   * @param {string} type of the frame it sends
   * @param {string} title
   * @param {string} key
   * @param {string} act
   * @param {(fields: FormData) => string | null} send
   * @param {unknown} fields beside the paddle
   */
  #form(type, title, key, act, send, fields, name = type) {
    const why = this.#whyNot(type);
    return html`<section class="panel desk-form ${name}">
      <h2>${t(title)} <small><kbd>${key}</kbd></small></h2>
      <form @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event, type, send)}>${paddleField()} ${fields}
        <button class="button button-main" ?disabled=${why !== null} aria-describedby="why-${name}">${t(act)}</button></form>
      <p class="desk-why ${this.wrong[type] ? "bad" : "muted"}" id="why-${name}" role="status">${why ?? this.wrong[type] ?? ""}</p>
    </section>`;
  }

  #paddles() {
    const { paddles, presence } = this.store;
    const online = new Set(presence?.online);
    const shown = found(paddles, this.sought);
    return html`<section class="panel present">
      <h2>${t("admission.paddles", { n: paddles.length })} <small>${presence ? t("rostrum.presence", { bidders: presence.bidders, watchers: presence.watchers }) : nothing}</small></h2>
      <label class="search"><span>${t("admission.search")} <kbd>f</kbd></span><input class="number" inputmode="numeric" autocomplete="off" .value=${this.sought} @input=${this.#seek}></label>
      <div class="scroll" tabindex="0"><table>
        <thead><tr><th>${t("me.paddle")}</th><th>${t("me.channel")}</th><th class="right">${t("admission.deposits")}</th><th class="right">${t("admission.used")}</th><th class="right">${t("admission.rights")}</th><th>${t("admission.accepted")}</th><th>${t("admission.priority")}</th></tr></thead>
        <tbody>${repeat(shown, (one) => one.paddle, (one) => this.#paddle(one, online.has(one.paddle)))}</tbody></table>
        ${shown.length ? nothing : html`<p class="empty">${t(paddles.length ? "admission.none-found" : "rostrum.no-paddles")}</p>`}</div>
    </section>`;
  }

  /** @param {PaddlePart} one @param {boolean} here */
  #paddle(one, here) {
    const attestable = this.store.rules?.sign_off && !one.accepted && one.channel === "hall";
    return html`<tr>
      <td>${hereMark(here)}<b class="number">${one.paddle}</b></td>
      <td>${channelText(one.channel)}</td><td class="right">${one.deposits ?? "—"}</td><td class="right">${one.won.length}</td><td class="right">${one.rights ?? t("me.all")}</td>
      <td>${one.accepted ? t("admission.yes") : attestable ? html`<button class="button button-small" ?disabled=${this.#whyNot("attest_rules") !== null} @click=${() => attest(this, one.paddle)} aria-label=${t("admission.attest.n", { no: one.paddle })}>${t("admission.attest")}</button>` : t(this.store.rules?.sign_off ? "admission.no" : "admission.not-asked")}</td>
      <td>${(one.priority ?? []).map(({ lot, rank }) => t("admission.granted", { lot, rank })).join(" · ") || "—"}</td></tr>`;
  }

  #seek = (/** @type {InputEvent} */ event) => {
    this.sought = /** @type {HTMLInputElement} */ (event.target).value;
  };
}

await start("lc-admission", Admission);

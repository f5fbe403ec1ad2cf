// @ts-check
/** The admission desk (受理台): paddles, deposits, rules attested, rights of first refusal. Every act is on the record. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { actsLog } from "../shared/acts-log.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { channelText } from "../shared/words.js";

export class Admission extends LivePage {
  static personal = true;
  static named = "page.admission";
  static properties = { sought: { state: true } };

  constructor() {
    super();
    this.sought = "";
  }

  keys() {
    return [
      { key: "a", says: "clerk.admit", run: () => this.#focus(".admit input") },
      { key: "f", says: "admission.search", run: () => this.#focus(".search input") },
      { key: "g", says: "admission.priority", run: () => this.#focus(".grant input") },
    ];
  }

  /** @param {string} what */
  #focus(what) {
    /** @type {HTMLInputElement | null} */ (this.querySelector(what))?.focus();
  }

  render() {
    return html`<lc-bar .page=${this} named="page.admission"></lc-bar>
      ${statusLine(this)}
      <main>
        <div class="column">${this.#admit()} ${this.#grant()} <section class="panel log">${actsLog(this)}</section></div>
        <div class="column">${this.#paddles()}</div>
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  #admit() {
    return html`<section class="panel admit">
      <h2>${t("clerk.admit")} <small><kbd>a</kbd></small></h2>
      <form @submit=${this.#admitted}>
        <label><span>${t("clerk.paddle")}</span><input class="number" name="paddle" inputmode="numeric" required pattern="[0-9]{1,7}" autocomplete="off"></label>
        <label><span>${t("clerk.channel")}</span><select name="channel"><option value="online">${t("channel.online")}</option><option value="hall">${t("channel.hall")}</option></select></label>
        <label><span>${t("clerk.deposits")}</span><input class="number" name="deposits" type="number" min="1" max="1000" value="1" required></label>
        <button class="button button-main" ?disabled=${!this.connection.live}>${t("clerk.admit-do")}</button>
      </form>
    </section>`;
  }

  #grant() {
    const waiting = this.store.lots.filter(({ phase }) => phase === "waiting");
    return html`<section class="panel grant">
      <h2>${t("admission.priority")} <small><kbd>g</kbd></small></h2>
      <form @submit=${this.#granted}>
        <label><span>${t("clerk.paddle")}</span><input class="number" name="paddle" inputmode="numeric" required pattern="[0-9]{1,7}" autocomplete="off"></label>
        <label><span>${t("admission.lot")}</span><select name="lot">${waiting.map((lot) => html`<option value=${lot.lot}>${t("lot.no", { n: lot.lot })} ${lot.plate}</option>`)}</select></label>
        <label><span>${t("admission.rank")}</span><input class="number" name="rank" type="number" min="1" max="100" value="1" required></label>
        <button class="button" ?disabled=${!this.connection.live || !waiting.length}>${t("admission.grant")}</button>
      </form>
    </section>`;
  }

  #paddles() {
    const { paddles, presence } = this.store;
    const online = new Set(presence?.online);
    const found = paddles.filter(({ paddle }) => String(paddle).startsWith(this.sought.trim()));
    return html`<section class="panel present">
      <h2>${t("admission.paddles", { n: paddles.length })}</h2>
      <label class="search"><span>${t("admission.search")} <kbd>f</kbd></span><input class="number" inputmode="numeric" autocomplete="off" .value=${this.sought} @input=${this.#seek}></label>
      <div class="scroll" tabindex="0"><table>
        <thead><tr><th>${t("me.paddle")}</th><th>${t("me.channel")}</th><th class="right">${t("admission.deposits")}</th><th class="right">${t("admission.rights")}</th><th>${t("admission.accepted")}</th><th>${t("admission.priority")}</th><th class="right">${t("admission.won")}</th></tr></thead>
        <tbody>${repeat(found, (one) => one.paddle, (one) => html`<tr>
          <td><i class=${online.has(one.paddle) ? "here" : "away"} title=${t(online.has(one.paddle) ? "rostrum.here" : "rostrum.away")}></i><b class="number">${one.paddle}</b></td>
          <td>${channelText(one.channel)}</td><td class="right">${one.deposits ?? "—"}</td><td class="right">${one.rights ?? t("me.all")}</td>
          <td>${t(one.accepted ? "admission.yes" : "admission.no")} ${this.store.rules?.sign_off && !one.accepted && one.channel === "hall" ? html`<button class="button button-small" ?disabled=${!this.connection.live} @click=${() => this.#attest(one.paddle)}>${t("admission.attest")}</button>` : nothing}</td>
          <td>${(one.priority ?? []).map(({ lot, rank }) => `${lot}（${rank}）`).join(" ") || "—"}</td>
          <td class="right">${one.won.length ? one.won.join(", ") : "—"}</td></tr>`)}</tbody></table></div>
    </section>`;
  }

  #seek = (/** @type {InputEvent} */ event) => {
    this.sought = /** @type {HTMLInputElement} */ (event.target).value;
  };

  /** @param {number} paddle */
  #attest(paddle) {
    this.connection.ask({ type: "attest_rules", paddle, digest: this.store.sale?.rules });
  }

  /** @param {SubmitEvent} event */
  #admitted = (event) => {
    const fields = this.#fields(event);
    this.connection.ask({ type: "admit", paddle: Number(fields.get("paddle")), channel: String(fields.get("channel")), deposits: Number(fields.get("deposits")) });
  };

  /** @param {SubmitEvent} event */
  #granted = (event) => {
    const fields = this.#fields(event);
    this.connection.ask({ type: "priority", paddle: Number(fields.get("paddle")), lot: Number(fields.get("lot")), rank: Number(fields.get("rank")) });
  };

  /** Takes what was typed, and makes room for the next. @param {SubmitEvent} event */
  #fields(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = new FormData(form);
    form.reset();
    form.querySelector("input")?.focus();
    return fields;
  }
}

await start("lc-admission", Admission);

// @ts-check
/**
 * The kiosk in the hall (查询解密一体机). A reader types a bidder's personal link; he sees how he stands, signs in, unseals with his own files,
 * prints a slip. Without touch it locks, and whatever was shown, chosen or typed is gone: the page begins anew.
 */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { hangOnTheWall } from "../hall/kiosk.js";
import { saleOf } from "../shared/address.js";
import { toHex, fromHex } from "../shared/bytes.js";
import { getJson, saleUrl } from "../shared/house.js";
import { chooseLanguage, inLanguage, languages, spoken, t } from "../shared/i18n.js";
import { start } from "../shared/start.js";
import { dateText, timeText } from "../shared/words.js";
import { SealFault } from "../seal/fault.js";
import { checkHalf } from "../seal/halves.js";
import { readCertificate, readPrivateKey } from "../seal/key-files.js";
import { readManifest } from "../seal/manifest.js";
import { openRecovery } from "../seal/recovery.js";
import { faultText } from "../seal/view.js";
import { Bidder, Refused } from "./bidder.js";
import { Lock, NoCode, Reader, lockAfter, mayDo, tokenIn } from "./visit.js";

const AGAIN_MS = 5_000;

class Kiosk extends LitElement {
  static properties = { mine: { state: true }, warns: { state: true }, said: { state: true }, unsealing: { state: true }, chosen: { state: true }, way: { state: true }, working: { state: true } };

  sale = saleOf();
  lock = new Lock(lockAfter(new URLSearchParams(location.search).get("lock")), () => performance.now());
  reader = new Reader();

  constructor() {
    super();
    /** @type {Bidder | null} */
    this.bidder = null;
    /** @type {import("./bidder.js").Mine | null} */
    this.mine = null;
    /** @type {import("./bidder.js").Both | null} */
    this.project = null;
    /** The receipts of the envelopes that stand, by the digest of the envelope. @type {Map<string, import("./bidder.js").Receipt | null>} */
    this.receipts = new Map();
    /** @type {number | null} */
    this.warns = null;
    /** What is said last: a text, and whether it is good news. @type {{text: () => string, good: boolean} | null} */
    this.said = null;
    /** The section being unsealed. @type {string | null} */
    this.unsealing = null;
    /** @type {"files" | "recovery"} */
    this.way = "files";
    /** The names of the files chosen, by field. @type {Record<string, string | undefined>} */
    this.chosen = {};
    this.working = false;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    hangOnTheWall(document);
    for (const kind of ["pointerdown", "keydown", "change"]) document.addEventListener(kind, () => this.lock.touch());
    document.addEventListener("keydown", (event) => this.#type(event));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    setInterval(() => this.#watch(), 500);
    setInterval(() => this.mine && void this.#work(() => this.#look(), true), AGAIN_MS);
  }

  updated() {
    document.title = `${t("page.kiosk")} · ${t("house")}`;
  }

  render() {
    return html`<header class="top"><h1>${t("page.kiosk")}</h1>
        <span class="language" role="group" aria-label=${t("language")}>
          <button class="button" lang="zh-CN" aria-pressed=${spoken() === "zh-CN"} @click=${() => chooseLanguage("zh-CN")}>中文</button>
          <button class="button" lang="en" aria-pressed=${spoken() === "en"} @click=${() => chooseLanguage("en")}>English</button>
        </span></header>
      <main>${this.mine ? this.#visit(this.mine) : this.#waiting()}</main>
      <p class="said" role="status">${this.said ? html`<span class=${this.said.good ? "good" : "bad"}>${this.said.text()}</span>` : nothing}</p>
      <p class="warns" role="alert">${this.warns !== null ? html`<button class="button button-main" @click=${() => this.#watch()}>${t("kiosk.stay", { s: this.warns })}</button>` : nothing}</p>`;
  }

  #waiting() {
    return html`<section class="waiting"><h2>${t("kiosk.show")}</h2><p>${t("kiosk.show.how")}</p><p class="muted">${t("kiosk.forgets")}</p></section>`;
  }

  /** @param {import("./bidder.js").Mine} mine */
  #visit(mine) {
    const may = mayDo(mine);
    return html`<section class="slip" aria-labelledby="who">
        <h2 id="who">${mine.name} <small>${t("kiosk.bidder", { no: mine.bidder })}</small></h2>
        <p>${inLanguage(this.project ?? { zh: "", en: "" })}</p>
        <p>${mine.signed_in_at_us === null ? t("kiosk.not-signed-in") : t("kiosk.signed-in", { at: when(mine.signed_in_at_us) })}</p>
        <ul>${Object.entries(mine.sections).map(([section, own]) => html`<li><b>${t("kiosk.section", { section })}</b> <span class="badge">${t(own.envelope ? `kiosk.state.${own.state ?? "kept"}` : "kiosk.state.none")}</span>
          ${own.envelope ? html`<span>${t("kiosk.envelope", { at: when(own.envelope.at_us), version: own.version })}</span> <span class="code">${own.envelope.manifest}</span>${this.#receipt(own.envelope.manifest)}` : nothing}</li>`)}</ul>
      </section>
      ${this.unsealing !== null ? this.#key(this.unsealing) : nothing}
      <div class="acts">
        ${may.sign_in ? html`<button class="button button-main" ?disabled=${this.working} @click=${() => this.#act({ type: "sign_in" }, "kiosk.done.sign_in")}>${t("kiosk.sign-in")}</button>` : nothing}
        ${this.unsealing === null ? may.unseal.map((section) => html`<button class="button button-main" ?disabled=${this.working} @click=${() => (this.unsealing = section)}>${t("kiosk.unseal", { section })}</button>`) : nothing}
        <button class="button" @click=${() => print()}>${t("kiosk.print")}</button>
        <button class="button leave" @click=${() => this.#forget()}>${t("kiosk.leave")}</button>
      </div>`;
  }

  /** @param {string} manifest */
  #receipt(manifest) {
    const receipt = this.receipts.get(manifest);
    if (!receipt) return nothing;
    return html`<span class="receipt">${receipt.code ? html`<img src=${receipt.code} alt=${t("obid.receipt.code")}>` : nothing}<span>${t("obid.receipt.number")} <b class="code">${receipt.number}</b></span></span>`;
  }

  /** @param {string} section */
  #key(section) {
    return html`<form class="key" autocomplete="off" @submit=${(/** @type {SubmitEvent} */ event) => this.#unseal(event, section)}>
      <div role="group" aria-label=${t("kiosk.way")}>${(/** @type {const} */ (["files", "recovery"])).map((way) => html`<button type="button" class="button" aria-pressed=${way === this.way} @click=${(/** @type {Event} */ event) => this.#choose(way, event)}>${t(`kiosk.way.${way}`)}</button>`)}</div>
      ${(this.way === "files" ? ["certificate", "key"] : ["recovery"]).map((name) => this.#file(name))}
      <label><span>${t(`kiosk.words.${this.way}`)}</span><input type="password" name="words" autocomplete="off" maxlength="200" ?required=${this.way === "recovery"}></label>
      <div><button class="button button-main" ?disabled=${this.working}>${t(this.working ? "kiosk.working" : "kiosk.unseal", { section })}</button>
        <button type="button" class="button" @click=${() => this.#stop()}>${t("cancel")}</button></div>
    </form>`;
  }

  /** The words are ours, in the visitor's language; those of the browser's own field are not. @param {string} name */
  #file(name) {
    const chosen = this.chosen[name];
    return html`<label class="pick"><span>${t(`kiosk.file.${name}`)}</span>
      <input type="file" name=${name} required @change=${(/** @type {Event} */ event) => this.#picked(name, event)}>
      <span class="button" aria-hidden="true">${t(chosen ? "seal.key.other" : "seal.key.choose")}</span> <bdi class="muted">${chosen ?? t("seal.key.none")}</bdi></label>`;
  }

  /** @param {string} name @param {Event} event */
  #picked(name, event) {
    const [file] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
    this.chosen = { ...this.chosen, [name]: file?.name };
  }

  /** Another way begins with empty fields. @param {"files" | "recovery"} way @param {Event} event */
  #choose(way, event) {
    /** @type {HTMLButtonElement} */ (event.currentTarget).form?.reset();
    [this.way, this.chosen] = [way, {}];
  }

  #stop() {
    [this.unsealing, this.chosen] = [null, {}];
  }

  /** @param {KeyboardEvent} event */
  #type(event) {
    if (this.mine || this.working || event.ctrlKey || event.altKey || event.metaKey) return;
    const code = this.reader.type(event.key);
    if (event.key !== "Tab") event.preventDefault();
    if (code !== null) void this.#come(code);
  }

  /** @param {string} code */
  async #come(code) {
    await this.#work(async () => {
      this.bidder = new Bidder(this.sale, tokenIn(code, this.sale));
      await this.#look();
      this.said = null;
    });
    if (!this.mine) this.bidder = null;
  }

  async #look() {
    const { bidder } = this;
    if (!bidder) return;
    const { mine, title } = await bidder.picture();
    if (bidder !== this.bidder) return;
    [this.mine, this.project] = [mine, title];
    for (const [section, { envelope }] of Object.entries(mine.sections)) {
      if (!envelope || this.receipts.has(envelope.manifest)) continue;
      const receipt = await bidder.receipt(section);
      if (bidder !== this.bidder) return;
      this.receipts.set(envelope.manifest, receipt);
      this.requestUpdate();
    }
  }

  /** @param {Record<string, unknown>} command @param {string} done */
  async #act(command, done) {
    await this.#work(async () => {
      await this.bidder?.act(command);
      await this.#look();
      this.said = { text: () => t(done), good: true };
    });
  }

  /** @param {SubmitEvent} event @param {string} section */
  async #unseal(event, section) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const spelled = this.mine?.sections[section].envelope?.spelled;
    if (!spelled) return;
    await this.#work(async () => {
      const given = new FormData(form);
      form.reset();
      this.chosen = {};
      const manifest = await readManifest(spelled);
      const half = await this.#half(manifest, given);
      await checkHalf(manifest, "own", half);
      const spoken = toHex(half);
      half.fill(0);
      await this.bidder?.act({ type: "unseal", section, half: spoken });
      await this.#look();
      this.unsealing = null;
      this.said = { text: () => t("kiosk.done.unseal", { section }), good: true };
    });
  }

  /** @param {import("../seal/manifest.js").Manifest} manifest @param {FormData} given */
  async #half(manifest, given) {
    const words = String(given.get("words"));
    const text = (/** @type {string} */ name) => /** @type {File} */ (given.get(name)).text();
    if (this.way === "recovery") return openRecovery(await text("recovery"), manifest, words);
    const key = await readPrivateKey(await text("key"), readCertificate(await text("certificate")), words);
    return key.unwrap(fromHex(manifest.said.wrap_own), await manifest.context.purpose("own"));
  }

  /**
   * Do one thing at a time, and say what went wrong.
   * @param {() => Promise<void>} doing
   * @param {boolean} [unasked] whether nobody waits for it, so that nothing need rest meanwhile
   */
  async #work(doing, unasked = false) {
    if (this.working) return;
    this.working = !unasked;
    const { bidder } = this;
    try {
      await doing();
    } catch (fault) {
      if (bidder && bidder !== this.bidder) return; // Nobody is there any more to be told.
      this.said = { text: () => wrong(fault), good: false };
    } finally {
      if (!unasked) this.working = false;
    }
  }

  #watch() {
    const there = this.mine !== null || this.bidder !== null || this.said !== null;
    this.warns = there && this.mine ? this.lock.warns_s : null;
    if (there && this.lock.left_ms === 0) void this.#forget();
  }

  /** All of it, at once; then the page begins anew, as soon as the house answers, for no script forgets as a new page does. */
  async #forget() {
    this.bidder?.forget();
    this.bidder = this.mine = this.project = this.said = this.unsealing = this.warns = null;
    this.way = "files";
    this.chosen = {};
    this.receipts.clear();
    this.reader.forget();
    sessionStorage.clear();
    localStorage.clear();
    await this.updateComplete;
    try {
      await getJson(saleUrl(this.sale));
      if (!this.bidder) location.replace(location.pathname + kept());
    } catch {
      // It stands empty until somebody comes.
    }
  }
}

/** Of the address, how long it waits; not who spoke which language. */
function kept() {
  const lock = new URLSearchParams(location.search).get("lock");
  return lock === null ? "" : `?lock=${encodeURIComponent(lock)}`;
}

/** @param {number} us */
function when(us) {
  return `${dateText(us).slice(0, 10)} ${timeText(us)}`;
}

/** @param {unknown} fault */
function wrong(fault) {
  if (fault instanceof NoCode) return t(fault.message);
  if (fault instanceof Refused) return inLanguage(fault.words);
  if (fault instanceof SealFault || fault instanceof DOMException) return faultText(fault);
  return t("status.no-house");
}

await start("lc-kiosk", Kiosk);

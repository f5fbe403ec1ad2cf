// @ts-check
/** Where a bidder uses his key: to open his envelope in the hall, or to take it back before the deadline. The key stays on this device. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { fromHex, toHex } from "../shared/bytes.js";
import { languages, t } from "../shared/i18n.js";
import { KeyFault, deviceKey, dial } from "../shared/usbkey.js";
import { SealFault } from "../seal/fault.js";
import { checkHalf } from "../seal/halves.js";
import { readCertificate, readPrivateKey } from "../seal/key-files.js";
import { readManifest, withdrawnBytes } from "../seal/manifest.js";
import { openRecovery } from "../seal/recovery.js";
import { faultText } from "../seal/view.js";

/** @typedef {"files" | "recovery" | "usb"} Way */

export class OwnKey extends LitElement {
  static properties = {
    connection: { attribute: false },
    what: { attribute: false },
    section: { attribute: false },
    spelled: { attribute: false },
    port: { attribute: false },
    way: { state: true },
    chosen: { state: true },
    working: { state: true },
    fault: { state: true },
  };

  constructor() {
    super();
    /** @type {import("../shared/socket.js").Connection | null} */
    this.connection = null;
    /** @type {"unseal" | "withdraw"} */
    this.what = "unseal";
    this.section = "";
    /** The manifest of the envelope. */
    this.spelled = "";
    /** Where this machine's middleware for USB keys listens; 0 where the house does not let pages ask it. */
    this.port = 0;
    /** @type {Way} */
    this.way = "files";
    /** @type {Record<string, File>} */
    this.chosen = {};
    this.working = false;
    /** @type {unknown} */
    this.fault = null;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  /** @returns {Way[]} */
  get ways() {
    return ["files", ...(this.what === "unseal" ? [/** @type {const} */ ("recovery")] : []), ...(this.port ? [/** @type {const} */ ("usb")] : [])];
  }

  render() {
    return html`<form class="own-key" @submit=${(/** @type {Event} */ event) => (event.preventDefault(), void this.use())}>
      <div class="ways" role="group" aria-label=${t("obid.key.way")}>
        ${this.ways.map((way) => html`<button type="button" class="button" aria-pressed=${way === this.way} @click=${() => ((this.way = way), (this.fault = null))}>${t(`obid.key.${way}`)}</button>`)}
      </div>
      <p class="muted">${t(`obid.key.${this.way}.what`)}</p>
      <div class="own-key-fields">
        ${this.way === "files" ? html`${this.#file(this.what === "unseal" ? "encryption" : "signing")}${this.#file(this.what === "unseal" ? "encryption-key" : "signing-key")}` : nothing}
        ${this.way === "recovery" ? this.#file("recovery") : nothing}
        <label><span>${t(`obid.key.${this.way}.words`)}</span><input name="words" type="password" autocomplete="off" maxlength="200"></label>
      </div>
      <p class="own-key-fault" role="alert">${this.fault ? html`<span class="bad">${wrong(this.fault)}</span>` : nothing}</p>
      <button class="button ${this.what === "unseal" ? "button-main" : "button-stop"} own-key-go" ?disabled=${this.working || !this.connection?.live}>${t(this.working ? "obid.key.working" : `obid.key.go.${this.what}`)}</button>
    </form>`;
  }

  /** @param {string} name */
  #file(name) {
    const key = name === "recovery" ? "obid.key.recovery.file" : `seal.key.${name}`;
    return html`<div class="seal-key"><span class="seal-key-name">${t(name === "encryption-key" ? "obid.key.encryption-key" : key)}</span>
      <label class="button"><input type="file" class="out-of-sight" name=${name} @change=${(/** @type {Event} */ event) => this.#choose(name, event)}><span class="out-of-sight">${t(key)}</span>${t(this.chosen[name] ? "seal.key.other" : "seal.key.choose")}</label>
      <bdi class="muted">${this.chosen[name]?.name ?? t("seal.key.none")}</bdi></div>`;
  }

  /** @param {string} name @param {Event} event */
  #choose(name, event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (file) this.chosen = { ...this.chosen, [name]: file };
    input.value = "";
    this.fault = null;
  }

  async use() {
    if (this.working || !this.connection?.live) return;
    const field = /** @type {HTMLInputElement} */ (this.querySelector("[name=words]"));
    this.working = true;
    this.fault = null;
    try {
      const manifest = await readManifest(this.spelled);
      if (this.what === "unseal") await this.#unseal(manifest, field.value);
      else await this.#withdraw(manifest, field.value);
      field.value = "";
      this.chosen = {};
    } catch (fault) {
      this.fault = fault;
      if (!(fault instanceof SealFault || fault instanceof KeyFault || fault instanceof DOMException || fault instanceof Missing)) throw fault;
    } finally {
      this.working = false;
    }
  }

  /** @param {import("../seal/manifest.js").Manifest} manifest @param {string} words */
  async #unseal(manifest, words) {
    const half = await this.#half(manifest, words);
    await checkHalf(manifest, "own", half);
    this.connection?.ask({ type: "unseal", section: this.section, half: toHex(half) });
    half.fill(0);
  }

  /** @param {import("../seal/manifest.js").Manifest} manifest @param {string} words */
  async #half(manifest, words) {
    if (this.way === "recovery") return openRecovery(await this.#text("recovery"), manifest, words);
    const wrapped = fromHex(manifest.said.wrap_own);
    const purpose = await manifest.context.purpose("own");
    if (this.way === "usb") return this.#device(words, (key) => key.unwrap(wrapped, purpose));
    return (await this.#filed("encryption", words)).unwrap(wrapped, purpose);
  }

  /** @param {import("../seal/manifest.js").Manifest} manifest @param {string} words */
  async #withdraw(manifest, words) {
    const message = await withdrawnBytes(manifest);
    const signature = this.way === "usb" ? await this.#device(words, (key) => key.sign(message)) : await (await this.#filed("signing", words)).sign(message);
    this.connection?.ask({ type: "withdraw_envelope", section: this.section, signature: toHex(signature) });
  }

  /** @param {"signing" | "encryption"} use @param {string} words */
  async #filed(use, words) {
    return readPrivateKey(await this.#text(`${use}-key`), readCertificate(await this.#text(use)), words);
  }

  /**
   * @param {string} pin
   * @param {(key: import("../seal/keys.js").PrivateKey) => Promise<Uint8Array>} work
   */
  async #device(pin, work) {
    const { keys, close } = await dial(this.port);
    try {
      const [one] = await keys.keys();
      if (!one) throw new KeyFault("E_KEY_NONE");
      await keys.login(one.key, pin);
      return await work(deviceKey(keys, one.key));
    } finally {
      close();
    }
  }

  /** @param {string} name */
  async #text(name) {
    const file = this.chosen[name];
    if (!file) throw new Missing();
    return file.text();
  }
}

/** A file was not chosen. */
class Missing extends Error {}

/** @param {unknown} fault */
function wrong(fault) {
  if (fault instanceof Missing) return t("obid.key.missing");
  if (fault instanceof KeyFault) return t(`obid.usb.${fault.code}`, fault.detail);
  return faultText(fault);
}

customElements.define("lc-own-key", OwnKey);

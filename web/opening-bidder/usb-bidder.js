// @ts-check
/** A bidder's USB key for sealing: plugged in, opened with its PIN, and then it stands where certificates and keys would be files. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { languages, t } from "../shared/i18n.js";
import { KeyFault, deviceKey, dial } from "../shared/usbkey.js";
import { credentialOf } from "../seal/key-files.js";
import { SealFault } from "../seal/fault.js";
import { faultText } from "../seal/view.js";

export class UsbBidder extends LitElement {
  static properties = { port: { attribute: false }, open: { state: true }, working: { state: true }, fault: { state: true } };

  constructor() {
    super();
    this.port = 0;
    /** The name of the key that is in use. @type {string | null} */
    this.open = null;
    this.working = false;
    /** @type {unknown} */
    this.fault = null;
    /** @type {(() => void) | null} */
    this.close = null;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.close?.();
  }

  render() {
    return html`<form class="panel usb-bidder" @submit=${(/** @type {Event} */ event) => (event.preventDefault(), void this.#use())}>
      <h2>${t("obid.usb.title")}</h2>
      <p class="muted">${this.open === null ? t("obid.key.usb.what") : t("obid.usb.open", { name: this.open })}</p>
      ${this.open === null
        ? html`<p class="usb-line"><label><span>${t("obid.key.usb.words")}</span> <input name="pin" type="password" autocomplete="off" maxlength="64"></label> <button class="button usb-use" ?disabled=${this.working}>${t("obid.usb.use")}</button></p>`
        : html`<p><button type="button" class="button" @click=${() => this.#leave()}>${t("obid.usb.files")}</button></p>`}
      <p role="alert">${this.fault ? html`<span class="bad">${this.fault instanceof KeyFault ? t(`obid.usb.${this.fault.code}`, this.fault.detail) : faultText(this.fault)}</span>` : nothing}</p>
    </form>`;
  }

  async #use() {
    const field = /** @type {HTMLInputElement} */ (this.querySelector("[name=pin]"));
    this.working = true;
    this.fault = null;
    try {
      const { keys, close } = await dial(this.port);
      this.close = close;
      const [one] = await keys.keys();
      if (!one) throw new KeyFault("E_KEY_NONE");
      await keys.login(one.key, field.value);
      const signing = credentialOf(await keys.certificate(one.key, "signing"));
      const encryption = credentialOf(await keys.certificate(one.key, "encryption"));
      const key = deviceKey(keys, one.key);
      this.open = one.name || one.key;
      this.#tell({ signing, encryption, signingKey: key, encryptionKey: key });
    } catch (fault) {
      this.#leave();
      this.fault = fault;
      if (!(fault instanceof KeyFault || fault instanceof SealFault)) throw fault;
    } finally {
      field.value = "";
      this.working = false;
    }
  }

  #leave() {
    this.close?.();
    this.close = null;
    this.open = null;
    this.#tell(null);
  }

  /** @param {import("../seal/sealer.js").Bidder | null} bidder */
  #tell(bidder) {
    this.dispatchEvent(new CustomEvent("usb-bidder", { detail: bidder }));
  }
}

customElements.define("lc-usb-bidder", UsbBidder);

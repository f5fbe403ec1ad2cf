// @ts-check
/**
 * Where a bidder seals: the opening sheet, documents, certificates, a passphrase for the recovery file; then all is sealed and tested on this device, and
 * only then may it be brought to the house. It belongs to no page yet: what it needs comes by its properties.
 *
 * It tells of `seal-sealed` when the self-test has passed, and of `seal-deposited`, with the house's receipt, when the house has everything.
 */
import { LitElement, nothing } from "../vendor/lit.js";
import { canonical } from "../shared/canonical.js";
import { t } from "../shared/i18n.js";
import { Documents } from "./content.js";
import { Deposit, Refused } from "./deposit.js";
import { SealFault } from "./fault.js";
import { fileName, passphraseFault, sheetOf, withFiles } from "./form.js";
import { readHall } from "./hall.js";
import { readCertificate, readPrivateKey } from "./key-files.js";
import { Sealer } from "./sealer.js";
import { deskView } from "./view.js";

/** By then the browser has fetched what is to be saved. */
const FETCHED_MS = 60_000;

/**
 * @typedef {"filling" | "sealing" | "sealed" | "sending" | "deposited"} Stage
 * @typedef {"signing" | "signing-key" | "encryption" | "encryption-key"} KeyFile
 */

/** What is done next at each stage. @type {Record<Stage, string>} */
const NEXT = {
  filling: "#seal-words",
  sealing: ".seal-progress button",
  sealed: ".seal-save",
  sending: ".seal-progress button",
  deposited: ".seal-receipt",
};

export class SealDesk extends LitElement {
  static properties = {
    tender: { attribute: false },
    bidder: { attribute: false },
    uploads: { attribute: false },
    token: { attribute: false },
    stage: { state: true },
    typed: { state: true },
    files: { state: true },
    keys: { state: true },
    password: { state: true },
    words: { state: true },
    again: { state: true },
    progress: { state: true },
    fault: { state: true },
    saved: { state: true },
  };

  constructor() {
    super();
    /** @type {import("./form.js").Tender | null} */
    this.tender = null;
    /** Certificates and a device that holds the keys; null where they are files. @type {import("./sealer.js").Bidder | null} */
    this.bidder = null;
    /** The address where uploads begin; null where nothing is to be brought anywhere. @type {string | null} */
    this.uploads = null;
    this.token = "";
    /** @type {Stage} */
    this.stage = "filling";
    /** @type {Record<string, string>} */
    this.typed = {};
    /** @type {File[]} */
    this.files = [];
    /** @type {Partial<Record<KeyFile, File>>} */
    this.keys = {};
    /** Of the key files. */
    this.password = "";
    this.words = "";
    this.again = "";
    this.progress = { done: 0, of: 1, waiting: false };
    /** @type {unknown} */
    this.fault = null;
    this.saved = false;
    /** @type {import("./sealer.js").Envelope | null} */
    this.envelope = null;
    /** The house's answer, to be kept and checked. */
    this.receipt = "";
    /** @type {Sealer | null} */
    this.sealer = null;
    /** @type {AbortController | null} */
    this.stop = null;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener("beforeunload", this.#leaving);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.#leaving);
    this.cancel();
    this.#forget();
  }

  render() {
    return this.tender ? deskView(this, this.tender) : nothing;
  }

  /** Keys go on from where the desk has come to. @param {Map<string, unknown>} changed */
  updated(changed) {
    if (!changed.has("stage") || changed.get("stage") === undefined) return;
    /** @type {HTMLElement | null} */ (this.querySelector(NEXT[this.stage]))?.focus();
  }

  /** What keeps the bid from being sealed, as a sentence; null if nothing does. */
  get whyNot() {
    if (!this.tender) return null;
    if (!globalThis.crypto?.subtle) return t("seal.why.insecure");
    if (!sheetOf(this.tender, this.typed)) return t("seal.why.sheet");
    if (this.filesFault) return t("seal.why.files");
    if (!this.bidder && !["signing", "signing-key", "encryption"].every((name) => name in this.keys)) return t("seal.why.keys");
    const words = passphraseFault(this.words, this.again);
    return words && t(words);
  }

  /** What is wrong with the chosen files. */
  get filesFault() {
    try {
      return new Documents(this.files) && null;
    } catch (fault) {
      return fault;
    }
  }

  /** @param {string} name @param {string} text */
  type(name, text) {
    this.typed = { ...this.typed, [name]: text };
  }

  /** @param {Iterable<File>} chosen */
  choose(chosen) {
    this.files = withFiles(this.files, [...chosen]);
  }

  /** @param {File} file */
  drop(file) {
    this.files = this.files.filter((one) => one !== file);
  }

  /** @param {KeyFile} name @param {File | undefined} file */
  chooseKey(name, file) {
    const { [name]: _, ...others } = this.keys;
    this.keys = file ? { ...others, [name]: file } : others;
  }

  async seal() {
    const tender = this.tender;
    const sheet = tender && sheetOf(tender, this.typed);
    if (!tender || !sheet || this.stage !== "filling" || this.whyNot) return;
    await this.#work("sealing", "filling", async (signal) => {
      const { section, bidder: who, version, remedy } = tender;
      const bid = { hall: await readHall(tender.hall), section, bidder: who, version, remedy, sheet, files: this.files };
      this.sealer = new Sealer(bid, this.bidder ?? (await this.#bidder()), {
        passphrase: this.words,
        signal,
        told: (done, of) => (this.progress = { done, of, waiting: false }),
      });
      for await (const _ of this.sealer.chunks()); // Each was opened again; sent, they are made anew.
      this.envelope = await this.sealer.finish();
      this.password = "";
      this.words = "";
      this.again = "";
      this.saved = false;
      this.keys = {};
      this.stage = "sealed";
      this.dispatchEvent(new CustomEvent("seal-sealed", { detail: this.envelope, bubbles: true }));
    });
  }

  /** Brings the envelope to the house. */
  async send() {
    const { envelope, sealer, uploads, token } = this;
    if (!envelope || !sealer || uploads === null || this.stage !== "sealed" || !this.saved) return;
    await this.#work("sending", "sealed", async (signal) => {
      const told = (/** @type {number} */ done, /** @type {number} */ of, /** @type {boolean} */ waiting) => (this.progress = { done, of, waiting });
      const deposit = new Deposit({ address: uploads, token, signal, told });
      this.receipt = canonical(await deposit.bring(envelope, (part, index) => sealer.again(part, index)));
      this.stage = "deposited";
      this.#forget();
      this.dispatchEvent(new CustomEvent("seal-deposited", { detail: { envelope, receipt: this.receipt }, bubbles: true }));
    });
  }

  /** Lets go of what was sealed: the fields stay as they are. */
  anew() {
    if (this.stage === "sealing" || this.stage === "sending") return;
    this.#forget();
    [this.envelope, this.fault, this.stage] = [null, null, "filling"];
  }

  cancel() {
    this.stop?.abort();
  }

  saveRecovery() {
    this.#save("recovery", this.envelope?.recovery ?? "");
    this.saved = true;
  }

  saveReceipt() {
    this.#save("receipt", this.receipt);
  }

  /**
   * Does work that can be cancelled; when it fails, back to where it began from.
   * @param {Stage} during
   * @param {Stage} back
   * @param {(signal: AbortSignal) => Promise<void>} work
   */
  async #work(during, back, work) {
    const stop = new AbortController();
    this.stop = stop;
    [this.stage, this.fault, this.progress] = [during, null, { done: 0, of: 1, waiting: false }];
    try {
      await work(stop.signal);
    } catch (fault) {
      if (during === "sealing") this.#forget();
      this.stage = back;
      this.fault = stop.signal.aborted ? null : fault;
      if (!stop.signal.aborted && !(fault instanceof SealFault || fault instanceof Refused || fault instanceof DOMException)) throw fault;
    }
  }

  /** @returns {Promise<import("./sealer.js").Bidder>} */
  async #bidder() {
    const text = async (/** @type {KeyFile} */ name) => /** @type {File} */ (this.keys[name]).text();
    const [signing, encryption] = [readCertificate(await text("signing")), readCertificate(await text("encryption"))];
    return {
      signing,
      encryption,
      signingKey: await readPrivateKey(await text("signing-key"), signing, this.password),
      encryptionKey: this.keys["encryption-key"] ? await readPrivateKey(await text("encryption-key"), encryption, this.password) : null,
    };
  }

  #forget() {
    this.sealer?.forget();
    this.sealer = null;
  }

  /** @param {"recovery" | "receipt"} what @param {string} text */
  #save(what, text) {
    if (!this.envelope) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = fileName(what, this.envelope.manifest.context.names);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), FETCHED_MS);
  }

  /** @param {BeforeUnloadEvent} event */
  #leaving = (event) => {
    if (this.stage !== "filling" && this.stage !== "deposited") event.preventDefault();
  };
}

customElements.define("lc-seal-desk", SealDesk);

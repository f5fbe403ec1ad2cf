// @ts-check
/** Reading out on one page: its keys, its buttons, and the row that it or another page of this browser reads. */

import { html, nothing } from "../vendor/lit.js";
import { spoken, t } from "../shared/i18n.js";
import { Followed } from "./followed.js";
import { isReadOut, rowsOf, tenderOf } from "./opening.js";
import { Reading } from "./reading.js";
import { bidSaid } from "./words.js";

export class Aloud {
  #page;
  #followed;
  #reading;

  /** @param {import("../shared/live-page.js").LivePage} page */
  constructor(page) {
    this.#page = page;
    this.#followed = new Followed(page.sale, () => page.requestUpdate());
    this.#reading = new Reading({
      speech: globalThis.speechSynthesis,
      make: utterance,
      timer,
      changed: () => {
        this.#followed.tell(this.#own);
        page.requestUpdate();
      },
    });
    // A page that is closed reads no more: no row stays marked elsewhere.
    addEventListener("pagehide", () => this.#reading.at !== null && this.#reading.stop());
  }

  /** The row that is read here. */
  get #own() {
    const row = this.#reading.at === null ? undefined : rowsOf(this.#page.store)[this.#reading.at];
    return row ? { section: row.section, bidder: row.bidder } : null;
  }

  /** The row that is read, here or on another page. */
  get row() {
    return this.#own ?? this.#followed.row;
  }

  keys() {
    if (!isReadOut(this.#page.store)) return [];
    return [
      { key: "v", says: "keys.read", run: () => this.#reading.toggle(this.#said(), spoken()) },
      { key: "j", says: "keys.read-next", run: () => this.#reading.step(1, this.#said(), spoken()) },
      { key: "k", says: "keys.read-last", run: () => this.#reading.step(-1, this.#said(), spoken()) },
    ];
  }

  buttons() {
    const { going, at } = this.#reading;
    if (!isReadOut(this.#page.store)) return nothing;
    const [read, next, last] = this.keys();
    return html`<span class="aloud" role="group" aria-label=${t("opening.aloud")}>
      <button class="button button-small" aria-pressed=${going} @click=${read.run}><kbd>v</kbd> ${t(going ? "opening.aloud.pause" : at === null ? "opening.aloud.read" : "opening.aloud.on")}</button>
      <button class="button button-small" title=${t("keys.read-last")} @click=${last.run}><kbd>k</kbd> <span aria-hidden="true">▲</span><span class="out-of-sight">${t("keys.read-last")}</span></button>
      <button class="button button-small" title=${t("keys.read-next")} @click=${next.run}><kbd>j</kbd> <span aria-hidden="true">▼</span><span class="out-of-sight">${t("keys.read-next")}</span></button>
      ${at === null ? nothing : html`<button class="button button-small" @click=${() => this.#reading.stop()}>${t("opening.aloud.stop")}</button>`}
    </span>`;
  }

  #said() {
    const tender = tenderOf(this.#page.store);
    return tender ? rowsOf(this.#page.store).map(({ bid }, at) => bidSaid(tender, bid, at + 1)) : [];
  }
}

const timer = {
  /** @param {number} ms @param {() => void} run */
  after(ms, run) {
    const waiting = setTimeout(run, ms);
    return () => clearTimeout(waiting);
  },
};

/** @param {string} text @param {string} lang @param {() => void} done */
function utterance(text, lang, done) {
  const said = new SpeechSynthesisUtterance(text);
  said.lang = lang;
  said.onend = done;
  said.onerror = done;
  return said;
}

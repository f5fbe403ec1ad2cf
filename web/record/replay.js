// @ts-check
/** Leafs through the record and shows the hall as it was: a slider over the records, steps, play, and a sheet of one moment to print. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { saleUrl } from "../shared/house.js";
import { languages, t } from "../shared/i18n.js";
import { exactTimeText } from "../shared/words.js";
import { Course, OF_AN_OPENING, OF_A_SALE } from "./course.js";
import { momentSheet } from "./moment.js";
import { Pictures } from "./pictures.js";
import "./then.js";

const TICK_MS = 100;
const SPEEDS = [1, 4, 16];

/** So long a record must have been stood on before the address and the ledger follow. */
const SETTLES_MS = 400;

/** @typedef {import("./course.js").Kind} Kind */

/** Steps: kind, its key, its sign. @typedef {readonly [Kind, string, string][]} Steps */

/** @type {Steps} */
const STEPS = [
  ["hammer", "h", "⚒"],
  ["bid", "b", "¥"],
  ["suspension", "s", "❚❚"],
];

/** @type {Steps} */
const STEPS_OF_AN_OPENING = [
  ["stage", "h", "⚑"],
  ["envelope", "b", "✉"],
  ["suspension", "s", "❚❚"],
];

export class Replay extends LitElement {
  static properties = {
    ledger: { attribute: false },
    store: { attribute: false },
    sale: { type: String },
    records: { type: Number },
    seq: { state: true },
    past: { state: true },
    missing: { state: true },
    speed: { state: true },
    playing: { state: true },
    printing: { state: true },
  };

  #known = new Course([]);
  /** How many records it was made of. */
  #knows = 0;
  /** Of which ledger. @type {import("./ledger.js").Ledger | null} */
  #of = null;
  #now_us = 0;
  #played_ms = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  /** What was typed to go to cannot be read. */
  #unread = false;

  constructor() {
    super();
    /** @type {import("./ledger.js").Ledger | null} */
    this.ledger = null;
    /** @type {import("../shared/store.js").Store | null} */
    this.store = null;
    this.sale = "";
    /** How many records the ledger has read. */
    this.records = 0;
    /** The record that is stood on; 0 while there is no replay. */
    this.seq = 0;
    /** @type {import("./pictures.js").Past | null} */
    this.past = null;
    this.missing = false;
    this.speed = 1;
    this.playing = false;
    /** Whether the sheet of this moment lies open. */
    this.printing = false;
    this.pictures = new Pictures({
      get: (query) => fetch(saleUrl(this.sale, `/picture?${query}`), { cache: "no-store" }),
      rest: (ms) => new Promise((done) => setTimeout(done, ms)),
      told: (past) => this.#shown(past),
    });
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  get #opening() {
    return this.store?.parts.opening !== undefined;
  }

  /** @returns {Steps} */
  get #kinds() {
    return this.#opening ? STEPS_OF_AN_OPENING : STEPS;
  }

  /** Keys of the page while there is a replay. @returns {import("../shared/keys.js").Key[]} */
  keys() {
    if (!this.seq) return [{ key: "p", says: "replay.open", run: () => this.go(this.#first()) }];
    return [
      { key: "p", says: "replay.play", run: () => this.#turn() },
      ...this.#kinds.map(([kind, key]) => ({ key, says: `replay.next.${kind}`, run: () => this.#step(kind, 1) })),
      ...this.#kinds.map(([kind, key]) => ({ key: BACK[key], says: `replay.previous.${kind}`, run: () => this.#step(kind, -1) })),
      { key: ",", says: "replay.previous", run: () => this.go(this.seq - 1) },
      { key: ".", says: "replay.next", run: () => this.go(Math.min(this.seq + 1, this.#end())) },
    ];
  }

  /** The way of the sale as far as the ledger has read it. */
  get #course() {
    if (this.ledger && (this.#knows !== this.records || this.#of !== this.ledger)) {
      this.#known = new Course([...this.ledger.by_lot.values()].flat(), this.#opening ? OF_AN_OPENING : OF_A_SALE);
      this.#knows = this.records;
      this.#of = this.ledger;
    }
    return this.#known;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop();
    clearTimeout(this.#settling);
  }

  /**
   * Shows the hall as it was after a record, if there is such a record.
   * @param {number} seq
   * @param {boolean} [told] whether the page knows already
   */
  go(seq, told = false) {
    this.#stop();
    this.#stand(Math.max(1, seq), told);
  }

  /** @param {number} seq @param {boolean} [told] */
  #stand(seq, told = false) {
    this.seq = seq;
    const end = this.#end();
    this.missing = end > 0 && seq > end; // Then the house need not be asked.
    if (!this.playing) this.#now_us = this.#course.at_us(seq) ?? this.#now_us;
    if (!this.missing) void this.pictures.want({ seq });
    clearTimeout(this.#settling);
    if (!told) this.#settling = setTimeout(() => this.#tell(), SETTLES_MS);
  }

  close() {
    this.#stop();
    clearTimeout(this.#settling);
    this.seq = 0;
    this.past = null;
    this.#tell();
  }

  /** Where the record ends as far as the house has said. */
  #end() {
    return Math.max(this.records, this.ledger?.total ?? 0);
  }

  /** The first record at which there is something to see: the first lot, or the end of submission. */
  #first() {
    return this.#course.step(this.#opening ? "stage" : "bid", 0, 1) ?? 1;
  }

  /** The page's address and ledger follow. */
  #tell() {
    this.dispatchEvent(new CustomEvent("stood", { detail: { seq: this.seq, playing: this.playing } }));
  }

  /** @param {import("./pictures.js").Past | null} past */
  #shown(past) {
    if (!this.seq || (this.missing && !this.#looked)) return; // There was no record where it stands: this one is of before.
    this.missing = past === null;
    if (!past) return;
    this.past = past;
    if (this.playing) return;
    this.#now_us = Math.max(past.arrived_us, past.at_us);
    if (past.seq === this.seq) return;
    if (this.#looked) this.#stand(past.seq); // An instant was asked for, and this is the record it led to.
    this.#looked = false;
  }

  #looked = false;

  // Playing.

  #turn() {
    if (this.playing) {
      this.#stop();
      return this.#tell();
    }
    if (this.seq >= this.#course.last) this.#stand(this.#first());
    this.playing = true;
    this.#now_us = this.#course.at_us(this.seq) ?? this.#now_us;
    this.#played_ms = performance.now();
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  #stop() {
    this.playing = false;
    clearInterval(this.#ticking);
  }

  #tick() {
    const now_ms = performance.now();
    this.#now_us = this.#course.onward(this.#now_us, (now_ms - this.#played_ms) * 1000 * this.speed);
    this.#played_ms = now_ms;
    const seq = Math.max(this.seq, this.#course.seqAt(this.#now_us));
    if (seq !== this.seq) this.#stand(seq);
    if (seq >= this.#course.last) {
      this.#stop();
      this.#tell();
    }
    this.requestUpdate();
  }

  // Steps.

  /** @param {Kind} kind @param {1 | -1} way */
  #step(kind, way) {
    const seq = this.#course.step(kind, this.seq, way);
    if (seq !== null) this.go(seq);
  }

  #slide = (/** @type {Event} */ event) => {
    this.go(Number(/** @type {HTMLInputElement} */ (event.target).value));
  };

  #jump = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem("to"));
    const wanted = this.#course.read(field.value);
    this.#unread = wanted === null;
    this.requestUpdate();
    if (!wanted) return field.focus();
    if ("seq" in wanted) return this.go(wanted.seq);
    this.#stop();
    this.#looked = true;
    void this.pictures.want(wanted);
  };

  async #print() {
    this.#stop();
    this.printing = true;
    await this.updateComplete;
    /** @type {HTMLDialogElement | null} */ (this.querySelector("dialog.moment"))?.showModal();
  }

  updated() {
    // The range ends elsewhere once more of the record was read, and what it could not hold before is told it again.
    const slider = /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=range]"));
    if (slider) slider.value = String(this.seq);
  }

  // Drawing.

  render() {
    if (!this.seq) {
      return html`<section class="panel replay-shut"><h2>${t("replay.title")}</h2><p>${t("replay.why")}</p>
        <button class="button" ?disabled=${!this.#end()} @click=${() => this.go(this.#first())}><i aria-hidden="true">▶</i> ${t("replay.open")}</button></section>`;
    }
    const { seq, past, store } = this;
    const end = this.#end();
    const time = this.#now_us ? exactTimeText(this.#now_us) : "--:--:--";
    return html`<section class="panel replay" aria-label=${t("replay.title")}>
        <h2>${t("replay.title")} <small>${t("replay.not-live")}</small>
          <button class="button button-small" @click=${() => this.close()}>${t("replay.close")}</button></h2>
        ${this.missing ? html`<p class="empty" role="status">${t("record.sought-none", { seq })}</p>` : html`<lc-then .past=${past} .now_us=${this.#now_us}></lc-then>`}
        <div class="replay-where"><time class="replay-time">${time}</time>
          <span class="number">${t("replay.of", { seq, end })}</span>
          <span class="muted" role="status">${this.#pending() && !this.playing ? t("replay.waiting") : ""}</span></div>
        <input type="range" min="1" max=${end} step="1" aria-label=${t("replay.slider")} aria-valuetext=${t("replay.at", { seq, time })} @input=${this.#slide}>
        <div class="replay-hand">
          <div class="replay-play">
            <button class="button button-main" aria-pressed=${this.playing} @click=${() => this.#turn()}><i aria-hidden="true">${this.playing ? "■" : "▶"}</i> ${t(this.playing ? "replay.stop" : "replay.play")}</button>
            <span role="group" aria-label=${t("replay.speed")}>${SPEEDS.map((speed) => html`<button class="button" aria-pressed=${this.speed === speed} aria-label=${t("replay.speed-times", { n: speed })} @click=${() => (this.speed = speed)}>${speed}×</button>`)}</span>
          </div>
          <div class="replay-steps">
            ${this.#pair("replay.previous", "replay.next", t("record.seq"), "", seq > 1 ? seq - 1 : null, seq < end ? seq + 1 : null)}
            ${this.#kinds.map(([kind, , sign]) => this.#pair(`replay.previous.${kind}`, `replay.next.${kind}`, t(`replay.kind.${kind}`), sign, this.#course.step(kind, seq, -1), this.#course.step(kind, seq, 1)))}
          </div>
        </div>
        <div class="replay-more">
          <form class="replay-jump" @submit=${this.#jump}>
            <label><span>${t("replay.jump")}</span><input name="to" autocomplete="off" inputmode="text" placeholder="10:00:05" aria-invalid=${this.#unread} aria-describedby="replay-unread"></label>
            <button class="button">${t("replay.go")}</button>
            <p id="replay-unread" class="bad" role="alert">${this.#unread ? t("replay.unread") : ""}</p>
          </form>
          <button class="button replay-print" ?disabled=${!past || this.#pending()} @click=${() => void this.#print()}>${t("replay.print")}</button>
        </div>
      </section>
      ${this.printing && past && store
        ? momentSheet({ past, store, sale: this.sale, now_us: this.#now_us, events: this.#course.events(past.seq), shut: () => (this.printing = false) })
        : nothing}`;
  }

  #pending() {
    return !this.missing && this.past?.seq !== this.seq;
  }

  /**
   * Two buttons: back and on.
   * @param {string} back locale key
   * @param {string} on locale key
   * @param {string} word
   * @param {string} sign
   * @param {number | null} before
   * @param {number | null} after
   */
  #pair(back, on, word, sign, before, after) {
    return html`<span class="replay-pair" role="group" aria-label=${word}>
      <button class="button" aria-label=${t(back)} title=${t(back)} ?disabled=${before === null} @click=${() => before !== null && this.go(before)}>◀</button>
      <span>${sign ? html`<i aria-hidden="true">${sign}</i> ` : nothing}${word}</span>
      <button class="button" aria-label=${t(on)} title=${t(on)} ?disabled=${after === null} @click=${() => after !== null && this.go(after)}>▶</button>
    </span>`;
  }
}

/** The key back is the one to the left of the key on. @type {Record<string, string>} */
const BACK = { h: "g", b: "v", s: "a" };

customElements.define("lc-replay", Replay);

// @ts-check
/** The screen of the hall as it was, drawn by the hall's own code in the hall's own style, as large as there is room, and marked as a replay. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { floor, sealed, strip } from "../hall/screen.js";
import { sentence } from "../hall/sentence.js";
import { languages, t } from "../shared/i18n.js";
import { openingSentence } from "../opening/herald.js";
import { Store } from "../shared/store.js";
import { microText } from "./micro.js";
import { openingThen } from "./then-opening.js";

/** Up to this width the hall is laid out as on a phone rather than made too small to read. */
const NARROW_REM = 40;
/** The wall is so many of the unit wide; see hall/frame.css. */
const WALL_REM = 96;

const STYLES = ["shared/base.css", "shared/bar.css", "shared/lot.css", "hall/wall.css", "hall/beside.css", "record/then.css"];
const OF_AN_OPENING = ["shared/base.css", "shared/bar.css", "opening/opening.css", "opening-hall/wall.css", "record/then.css", "record/then-opening.css"];

export class Then extends LitElement {
  static properties = { past: { attribute: false }, now_us: { attribute: false }, paper: { type: Boolean }, narrow: { type: Boolean, reflect: true } };

  #store = new Store();
  /** @type {ResizeObserver | undefined} */
  #watching;

  constructor() {
    super();
    /** @type {import("./pictures.js").Past | null} */
    this.past = null;
    /** What the clock of the hall showed, in microseconds. */
    this.now_us = 0;
    /** To be printed: never laid out as on a phone. */
    this.paper = false;
    this.narrow = false;
    languages.on("change", () => this.requestUpdate());
  }

  connectedCallback() {
    super.connectedCallback();
    this.#watching = new ResizeObserver(() => this.#fit());
    this.#watching.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#watching?.disconnect();
  }

  #fit() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.narrow = !this.paper && this.clientWidth < NARROW_REM * rem;
    this.style.setProperty("--scale", String(this.clientWidth / (WALL_REM * rem)));
  }

  willUpdate() {
    if (this.past) this.#store.fold({ type: "picture", ...this.past });
  }

  render() {
    const opening = this.past?.parts.opening !== undefined;
    return html`${(opening ? OF_AN_OPENING : STYLES).map((name) => html`<link rel="stylesheet" href="/web/${name}">`)}
      ${this.narrow ? html`<link rel="stylesheet" href="/web/${opening ? "opening-hall" : "hall"}/sizes.css">` : nothing}
      <div class="wall" role="group" aria-label=${t("replay.screen")}>${this.past ? this.#screen(this.past) : nothing}</div>`;
  }

  /** @param {import("./pictures.js").Past} past */
  #screen({ seq, head, arrived_us }) {
    const store = this.#store;
    const replayed = html`<p class="replayed"><b>${t("replay.not-live")}</b> <span>${t("replay.seq", { seq })}</span> <time>${microText(BigInt(arrived_us) * 1000n)}</time>
        <span class="code">${head.slice(0, 16)}</span></p>`;
    if (store.parts.opening) return html`${replayed} <p class="status status-calm">${openingSentence(store)}</p> ${openingThen(store, this.now_us)}`;
    return html`${replayed}
      <p class="status status-calm">${sentence(store)}</p>
      <div class="floor">${floor(store, frozen(this.now_us), "")}</div>
      ${strip(store, t("replay.figures"))}
      <div class="seal">${sealed(store)}</div>`;
  }
}

/**
 * What the hall's code asks of a connection, standing at an instant.
 * @param {number} now_us
 * @returns {import("../shared/socket.js").Connection}
 */
function frozen(now_us) {
  const at = () => now_us;
  const clock = { known: true, now_us: at, house_us: at, offset_us: () => 0 };
  return /** @type {any} */ ({ state: "live", live: true, last_us: now_us, clock });
}

customElements.define("lc-then", Then);

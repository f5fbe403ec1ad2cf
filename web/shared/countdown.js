// @ts-check
/** The time a lot has left, by the clock of the house. Draws itself, so that the page around it rests. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { leftText, stageOf } from "./ending.js";
import { languages, t } from "./i18n.js";

const TICK_MS = 100;

export class Countdown extends LitElement {
  static properties = { block: { attribute: false }, connection: { attribute: false }, paused: { attribute: false } };

  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  constructor() {
    super();
    /** @type {import("./frames.js").BlockPart | null} */
    this.block = null;
    /** @type {import("./socket.js").Connection | null} */
    this.connection = null;
    this.paused = false;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#ticking = setInterval(() => this.requestUpdate(), TICK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
  }

  render() {
    const { block, connection } = this;
    if (!block?.closes_at_us || !connection) return nothing;
    const known = connection.live && connection.clock.known && !this.paused; // An end we may not have heard of is not counted down to.
    const now_us = connection.clock.house_us();
    const stage = stageOf(block, now_us);
    const { extensions } = block;
    return html`<div class=${known ? `countdown countdown-${stage}` : "countdown countdown-unknown"} role="timer" aria-label=${t("countdown.title")}>
      <span class="countdown-stage">${t(this.paused ? "countdown.paused" : `countdown.${stage}`)}</span>
      <b class="countdown-left number">${known ? leftText(block.closes_at_us - now_us) : "--:--"}</b>
      <span class="countdown-more">${extensions ? t("countdown.extensions", { n: extensions }) : ""}</span>
    </div>`;
  }
}

customElements.define("lc-countdown", Countdown);

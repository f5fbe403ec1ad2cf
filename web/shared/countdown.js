// @ts-check
/** The time a lot has left, by the clock of the house. Draws itself, so that the page around it rests. */

import { html, nothing } from "../vendor/lit.js";
import { leftText, stageOf } from "./ending.js";
import { t } from "./i18n.js";
import { Ticking } from "./ticking.js";

/** So long an end that has moved is pointed out. */
const MOVED_SHOWN_US = 4_000_000;

export class Countdown extends Ticking {
  static properties = { block: { attribute: false }, connection: { attribute: false }, paused: { attribute: false } };

  /** The lot and the end last drawn, and when the end was seen to move, by this browser's clock. */
  #lot = 0;
  #closes_at_us = 0;
  #moved_us = 0;

  constructor() {
    super();
    /** @type {import("./frames.js").BlockPart | null} */
    this.block = null;
    this.paused = false;
  }

  willUpdate() {
    const { block, connection } = this;
    const closes_at_us = block?.closes_at_us ?? 0;
    if (block?.lot !== this.#lot || !closes_at_us) this.#moved_us = 0;
    else if (this.#closes_at_us && closes_at_us > this.#closes_at_us) this.#moved_us = connection?.clock.now_us() ?? 0;
    this.#lot = block?.lot ?? 0;
    this.#closes_at_us = closes_at_us;
  }

  render() {
    const { block, connection } = this;
    if (!block || !connection) return nothing;
    const { closes_at_us, extensions } = block;
    // Nothing is counted down to an end that may have moved unheard.
    const known = closes_at_us && connection.live && connection.clock.known && !this.paused;
    const now_us = connection.clock.house_us();
    const stage = known && connection.clock.now_us() - this.#moved_us < MOVED_SHOWN_US ? "moved" : stageOf(block, now_us);
    return html`<div class=${known ? `countdown countdown-${stage}` : "countdown countdown-unknown"} role="timer" aria-label=${t("countdown.title")}>
      <span class="countdown-stage">${t(this.paused ? "countdown.paused" : `countdown.${stage}`)}</span>
      <b class="countdown-left number">${known ? leftText(closes_at_us - now_us) : "--:--"}</b>
      <span class="countdown-more">${extensions ? t("countdown.extensions", { n: extensions }) : ""}</span>
    </div>`;
  }
}

customElements.define("lc-countdown", Countdown);

// @ts-check
/** The time a round has left, by the clock of the house. Draws itself, so that the page around it rests. */

import { html, nothing } from "../vendor/lit.js";
import { leftText } from "../shared/ending.js";
import { t } from "../shared/i18n.js";
import { Ticking } from "../shared/ticking.js";
import { timeText } from "../shared/words.js";
import { clockOf, roundOf } from "./sale.js";
import { roundName } from "./words.js";

export class RoundClock extends Ticking {
  static properties = { store: { attribute: false }, connection: { attribute: false } };

  constructor() {
    super();
    /** @type {import("../shared/store.js").Store | null} */
    this.store = null;
  }

  render() {
    const { store, connection } = this;
    if (!store || !connection) return nothing;
    const now_us = connection.clock.house_us();
    const { stage, until_us } = clockOf(store, now_us);
    const round = roundOf(store);
    // Nothing is counted down to an end that may have moved unheard.
    const known = until_us !== null && connection.live && connection.clock.known;
    const shown = until_us !== null && !known ? "unknown" : stage;
    return html`<div class="countdown round-clock round-clock-${shown}" role="timer" aria-label=${t("countdown.title")}>
      <span class="countdown-stage">${t(`round-clock.${shown}`, { name: round ? roundName(round.name) : "" })}</span>
      <b class="countdown-left number">${known ? leftText(until_us - now_us) : until_us === null && stage !== "paused" ? "" : "--:--"}</b>
      <span class="countdown-more">${until_us === null ? "" : t(stage === "opens" ? "round-clock.at" : "round-clock.until", { at: timeText(until_us) })}</span>
    </div>`;
  }
}

customElements.define("lc-round-clock", RoundClock);

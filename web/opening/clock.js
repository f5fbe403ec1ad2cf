// @ts-check
/** The time until the deadline, or until the window for unsealing ends, by the clock of the house. Draws itself, so that the page around it rests. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { Ticking } from "../shared/ticking.js";
import { dateText, timeText } from "../shared/words.js";
import { clockOf } from "./opening.js";
import { leftLongText } from "./words.js";

export class OpeningClock extends Ticking {
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
    const { counts, until_us } = clockOf(store, now_us);
    // Nothing is counted down to an end that may have moved unheard.
    const known = until_us !== null && connection.live && connection.clock.known;
    const shown = until_us !== null && !known ? "unknown" : counts;
    const stage = store.parts.opening?.stage;
    return html`<div class="opening-clock opening-clock-${shown}" role="timer" aria-label=${t("opening.clock")}>
      <span class="opening-clock-says">${shown === "nothing" ? (stage ? t(`opening.now.${stage}`) : t("status.connecting")) : t(`opening.clock.${shown}`)}</span>
      <b class="number">${known ? leftLongText(until_us - now_us) : until_us === null ? "" : "--:--"}</b>
      <span class="opening-clock-at">${until_us === null ? "" : t("opening.clock.until", { at: counts === "deadline" || counts === "closing" ? dateText(until_us) : timeText(until_us) })}</span>
    </div>`;
  }
}

customElements.define("lc-opening-clock", OpeningClock);

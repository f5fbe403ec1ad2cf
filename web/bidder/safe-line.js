// @ts-check
/** The end of a timed lot as it concerns one bidder: how long there is to send. Draws itself, so that the page around it rests. */

import { html, nothing } from "../vendor/lit.js";
import { leftText } from "../shared/ending.js";
import { t } from "../shared/i18n.js";
import { Ticking } from "../shared/ticking.js";
import { exactTimeText } from "../shared/words.js";
import { latestSafe_us, sending } from "./safe.js";

export class SafeLine extends Ticking {
  static properties = { block: { attribute: false }, connection: { attribute: false } };

  constructor() {
    super();
    /** @type {import("../shared/frames.js").BlockPart | null} */
    this.block = null;
  }

  render() {
    const { block, connection } = this;
    if (!block?.closes_at_us || block.phase !== "open" || !connection) return nothing;
    const now_us = connection.clock.house_us();
    const safe_us = connection.live ? latestSafe_us(block.closes_at_us, connection.clock) : null;
    const state = sending(now_us, safe_us, block.closes_at_us);
    const values = safe_us === null ? { at: "", left: "" } : { at: exactTimeText(safe_us).slice(0, 10), left: leftText(safe_us - now_us) };
    return html`<p class="safe safe-${state}"><i aria-hidden="true"></i>${t(`safe.${state}`, values)}</p>`;
  }
}

customElements.define("lc-safe-line", SafeLine);

// @ts-check
/** The end of a timed lot as it concerns one bidder: how long there is to send. Draws itself, so that the page around it rests. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { leftText } from "../shared/ending.js";
import { languages, t } from "../shared/i18n.js";
import { exactTimeText } from "../shared/words.js";
import { latestSafe_us, sending } from "./safe.js";

const TICK_MS = 100;

export class SafeLine extends LitElement {
  static properties = { block: { attribute: false }, connection: { attribute: false } };

  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  constructor() {
    super();
    /** @type {import("../shared/frames.js").BlockPart | null} */
    this.block = null;
    /** @type {import("../shared/socket.js").Connection | null} */
    this.connection = null;
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
    if (!block?.closes_at_us || block.phase !== "open" || !connection) return nothing;
    const now_us = connection.clock.house_us();
    const safe_us = connection.live ? latestSafe_us(block.closes_at_us, connection.clock) : null;
    const state = sending(now_us, safe_us, block.closes_at_us);
    const values = safe_us === null ? { at: "", left: "" } : { at: exactTimeText(safe_us).slice(0, 10), left: leftText(safe_us - now_us) };
    return html`<p class="safe safe-${state}"><i aria-hidden="true"></i>${t(`safe.${state}`, values)}</p>`;
  }
}

customElements.define("lc-safe-line", SafeLine);

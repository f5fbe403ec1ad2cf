// @ts-check
/** What comes next in one line, and how long until then. Draws itself each second, so that the page around it rests. */

import { html } from "../vendor/lit.js";
import { HouseClock } from "../shared/clock.js";
import { t } from "../shared/i18n.js";
import { Ticking } from "../shared/ticking.js";
import { leftOf } from "./lines.js";

export class Due extends Ticking {
  static properties = { line: { attribute: false }, clock: { attribute: false } };
  static every_ms = 250;

  constructor() {
    super();
    /** @type {import("./lines.js").Line | null} */
    this.line = null;
    this.clock = new HouseClock();
  }

  render() {
    const { line } = this;
    if (!line?.due) return html`<span class="muted">—</span>`;
    const left = leftOf(line, this.clock.house_us());
    return html`<small>${t(`board.due.${line.due}`)}</small> ${left === null ? html`<b class="any-moment">${t("board.due.now")}</b>` : html`<b class="left">${left}</b>`}`;
  }
}

customElements.define("lc-due", Due);

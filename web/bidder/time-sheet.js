// @ts-check
/** What is known of time between this browser and the house, said openly. Draws itself while it is open. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { Ticking } from "../shared/ticking.js";
import { exactTimeText, spanText } from "../shared/words.js";

/** From here on a person would notice that his own clock is wrong. */
const OFF_US = 1_000_000;

export class TimeSheet extends Ticking {
  static every_ms = 200;
  static properties = { connection: { attribute: false } };

  render() {
    const clock = this.connection?.clock;
    const known = clock?.known ?? false;
    const offset_us = clock?.offset_us() ?? 0;
    const rtt_us = clock?.rtt_us() ?? null;
    const off = known && Math.abs(offset_us) >= OFF_US;
    const text = spanText(Math.abs(offset_us));
    return html`<section class="panel time-sheet" aria-label=${t("time.title")}>
      <h2>${t("time.title")}</h2>
      <dl>
        <div><dt>${t("time.house")}</dt><dd class="number">${known && clock ? exactTimeText(clock.house_us()).slice(0, 10) : "--:--:--"}</dd></div>
        <div><dt>${t("time.offset")}</dt><dd>${known ? t(offset_us >= 0 ? "time.behind" : "time.ahead", { span: text }) : "—"}</dd></div>
        <div><dt>${t("time.uncertainty")}</dt><dd class="number">${known && clock ? `±${spanText(clock.uncertainty_us())}` : "—"}</dd></div>
        <div><dt>${t("time.rtt")}</dt><dd class="number">${rtt_us === null ? "—" : spanText(rtt_us)}</dd></div>
      </dl>
      <p class="time-warning">${off ? t("time.off", { span: text }) : nothing}</p>
    </section>`;
  }
}

customElements.define("lc-time-sheet", TimeSheet);

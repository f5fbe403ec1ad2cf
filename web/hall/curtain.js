// @ts-check
/** What hangs before the first lot and after the last. */

import { html, nothing } from "../vendor/lit.js";
import { inLanguage, t } from "../shared/i18n.js";
import { dateText } from "../shared/words.js";
import { suspension } from "./block.js";

/** @param {import("../shared/store.js").Store} store */
export function curtain(store) {
  const { sale, rules } = store;
  if (!sale) return html`<section class="block curtain"><p class="curtain-word">${t("hall.connecting")}</p></section>`;
  return html`<section class="block curtain">
    <p class="curtain-word">${t(`hall.${sale.phase}`)}${sale.result ? html` <small>${t(`result.${sale.result}`)}</small>` : nothing}</p>
    <p class="curtain-title">${inLanguage(sale.title)}</p>
    <p class="curtain-more">
      ${t("hall.lots", { n: sale.lots })}${sale.phase === "closed" ? html` · ${t("lot.sold")} ${sale.sold} · ${t("lot.passed")} ${sale.passed}` : nothing}${sale.phase === "planned" && sale.opens_at_us ? html` · ${t("hall.opens-at", { at: dateText(sale.opens_at_us) })}` : nothing}
      ${rules && sale.phase !== "closed" ? html` · ${t(rules.mode === "timed" ? "hall.timed" : "hall.calls", { n: rules.calls })}` : nothing}
    </p>
    ${sale.phase === "suspended" ? suspension(store) : nothing}
  </section>`;
}

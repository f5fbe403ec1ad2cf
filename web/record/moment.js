// @ts-check
/** One moment on paper, for those who were not there: the hall's screen, both stamps, the digest, and the way to the record. */

import { html, nothing } from "../vendor/lit.js";
import { inLanguage, t } from "../shared/i18n.js";
import { eventTextIn } from "../shared/words.js";
import { microText } from "./micro.js";

/**
 * A sheet to be opened and printed.
 * @param {object} shown
 * @param {import("./pictures.js").Past} shown.past
 * @param {import("../shared/store.js").Store} shown.store as the page knows the sale now
 * @param {string} shown.sale
 * @param {number} shown.now_us
 * @param {import("../shared/frames.js").Event[]} shown.events what the record says
 * @param {() => void} shown.shut
 */
export function momentSheet({ past, store, sale, now_us, events, shut }) {
  const link = `${location.origin}${location.pathname}#seq=${past.seq}`;
  const kind = past.parts.opening ? "opening" : "";
  const said = events.map((event) => eventTextIn(kind, event)).filter(Boolean).join(" ");
  return html`<dialog class="moment" aria-labelledby="moment-title" @close=${shut}>
    <header>
      <div>
        <h2 id="moment-title">${t("moment.title")}</h2>
        <p>${past.parts.sale ? inLanguage(past.parts.sale.title) : ""} <span class="code">${sale}</span></p>
      </div>
      <form method="dialog">
        <button class="button button-main" type="button" @click=${() => print()}>${t("moment.print")}</button>
        <button class="button">${t("close")}</button>
      </form>
    </header>
    <lc-then paper .past=${past} .now_us=${now_us}></lc-then>
    <div class="moment-facts">
      <dl>
        <div><dt>${t("record.seq")}</dt><dd class="number">${past.seq}</dd></div>
        ${said ? html`<div><dt>${t("record.what")}</dt><dd>${said}</dd></div>` : nothing}
        <div><dt>${t("moment.arrived")}</dt><dd class="number">${microText(BigInt(past.arrived_us) * 1000n)}</dd></div>
        <div><dt>${t("moment.recorded")}</dt><dd class="number">${microText(BigInt(past.at_us) * 1000n)}</dd></div>
        <div><dt>${t("moment.head")}</dt><dd class="code">${past.head}</dd></div>
        <div><dt>${t("record.rules")}</dt><dd class="code">${past.parts.sale?.rules ?? "—"}</dd></div>
        <div><dt>${t("record.key")}</dt><dd class="code">${store.welcome?.key ?? "—"}</dd></div>
        <div><dt>${t("moment.link")}</dt><dd class="code">${link}</dd></div>
      </dl>
      <img src="record.svg?seq=${past.seq}" alt=${t("moment.code")}>
    </div>
    <p class="moment-note">${t("moment.note")}</p>
  </dialog>`;
}

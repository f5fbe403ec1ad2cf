// @ts-check
/** What this desk asked, newest first, and what became of it. */

import { html, repeat } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { eventTextIn, exactTimeText, refusalText } from "./words.js";

const ACTS_SHOWN = 12;

/** @param {import("./live-page.js").LivePage} page @param {string} [kind] of proceeding, see `eventTextIn` */
export function actsLog({ acts }, kind = "") {
  const list = (acts?.list ?? []).slice(0, ACTS_SHOWN);
  return html`<h2>${t("rostrum.answers")}</h2>
    ${list.length
      ? html`<ol class="log-acts" tabindex="0">${repeat(list, (act) => act.id, (act) => html`<li class="act-${act.state}"><time>${exactTimeText(act.asked_at_us)}</time><span>${became(act, kind)}</span></li>`)}</ol>`
      : html`<p class="empty">${t("rostrum.no-answers")}</p>`}`;
}

/** @param {import("./acts.js").Act} act @param {string} kind */
function became(act, kind) {
  if (act.refusal) return refusalText(act.refusal);
  if (act.state === "accepted") return (act.events ?? []).map((event) => eventTextIn(kind, event)).filter(Boolean).join(" ") || `${t(`control.${act.frame.type}`)} — ${t("stands.accepted")}`;
  return `${t(`control.${act.frame.type}`)} — ${t(`stands.${act.state}`)}`;
}

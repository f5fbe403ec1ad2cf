// @ts-check
/** What this desk asked, newest first, and what became of it. */

import { html, repeat } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { eventText, exactTimeText, refusalText } from "./words.js";

const ACTS_SHOWN = 12;

/** @param {import("./live-page.js").LivePage} page */
export function actsLog({ acts }) {
  const list = (acts?.list ?? []).slice(0, ACTS_SHOWN);
  return html`<h2>${t("rostrum.answers")}</h2>
    ${list.length
      ? html`<ol class="log-acts" tabindex="0">${repeat(list, (act) => act.id, (act) => html`<li class="act-${act.state}"><time>${exactTimeText(act.asked_at_us)}</time><span>${became(act)}</span></li>`)}</ol>`
      : html`<p class="empty">${t("rostrum.no-answers")}</p>`}`;
}

/** @param {import("./acts.js").Act} act */
function became(act) {
  if (act.refusal) return refusalText(act.refusal);
  if (act.state === "accepted") return (act.events ?? []).map(eventText).filter(Boolean).join(" ") || `${t(`control.${act.frame.type}`)} — ${t("stands.accepted")}`;
  return `${t(`control.${act.frame.type}`)} — ${t(`stands.${act.state}`)}`;
}

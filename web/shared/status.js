// @ts-check
/**
 * One line under the bar, always there so that nothing jumps: normally the last thing that happened; in trouble, the trouble, worst first.
 */

import { html } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { eventText, refusalText, timeText } from "./words.js";

/**
 * @param {import("./live-page.js").LivePage} page
 * @param {string} [calm] what stands there while there is no trouble, if not the last thing this page saw happen
 */
export function statusLine(page, calm) {
  const found = status(page, /** @type {typeof import("./live-page.js").LivePage} */ (page.constructor).personal);
  const { kind, text } = found.kind === "calm" && calm !== undefined ? { kind: "calm", text: calm } : found;
  return html`<p class="status status-${kind}" role="status">${text}</p>`;
}

/**
 * What a screen of a hall says instead while it is cut off, for those who look at it from afar: as of when it shows the sale.
 * @param {import("./live-page.js").LivePage} page
 * @param {number} since_us by this browser's clock
 */
export function staleLine({ connection }, since_us) {
  const at = timeText(since_us + connection.clock.offset_us());
  return html`<p class="status status-stale" role="status"><b aria-hidden="true">⚠</b> ${t("status.stale-since", { at })}</p>`;
}

/**
 * @param {import("./live-page.js").LivePage} page
 * @param {boolean} personal
 * @returns {{kind: "calm" | "stale" | "shut" | "suspended" | "notice" | "refused", text: string}}
 */
function status({ connection, store, hasToken, notice, refused, latest }, personal) {
  if (!hasToken) return { kind: "shut", text: t("status.no-token") };
  if (connection.state === "shut") return { kind: "shut", text: t("status.shut") };
  if (connection.state !== "live")
    return { kind: "stale", text: t(store.sale ? (personal ? "status.stale" : "status.stale-public") : connection.state === "connecting" ? "status.connecting" : "status.no-house") };
  if (notice) return { kind: "notice", text: refusalText(notice) };
  if (refused) return { kind: "refused", text: refusalText(refused) };
  if (store.sale?.phase === "suspended") return { kind: "suspended", text: t(store.parts.conditions ? "status.quota.suspended" : store.parts.tender ? "status.opening.suspended" : "status.suspended", { reason: store.sale.suspended ?? "" }) };
  return { kind: "calm", text: latest.map(eventText).join(" ") || phaseText(store.sale?.phase) };
}

/** @param {string | undefined} phase */
function phaseText(phase) {
  return phase ? t(`status.${phase}`) : "";
}

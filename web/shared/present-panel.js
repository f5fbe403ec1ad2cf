// @ts-check
/** Who is there: every paddle with its channel, what it may still buy and what it has bought. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { channelText } from "./words.js";

/** @param {import("./live-page.js").LivePage} page */
export function presentPanel({ store: { presence, paddles } }) {
  const online = new Set(presence?.online);
  return html`<section class="panel present">
    <h2>${t("rostrum.paddles", { n: paddles.length })} <small>${presence ? t("rostrum.presence", { bidders: presence.bidders, watchers: presence.watchers }) : nothing}</small></h2>
    ${paddles.length
      ? html`<div class="scroll" tabindex="0"><table>
          <thead><tr><th>${t("me.paddle")}</th><th>${t("me.channel")}</th><th class="right">${t("rostrum.rights")}</th><th class="right">${t("me.won")}</th></tr></thead>
          <tbody>
            ${repeat(paddles, (one) => one.paddle, (one) => html`<tr>
              <td>${hereMark(online.has(one.paddle))}<b class="number">${one.paddle}</b></td>
              <td>${channelText(one.channel)}</td><td class="right">${one.rights ?? t("me.all")}</td><td class="right">${one.won.length ? one.won.join(", ") : "—"}</td></tr>`)}
          </tbody></table></div>`
      : html`<p class="empty">${t("rostrum.no-paddles")}</p>`}
  </section>`;
}

/** @param {boolean} here */
export function hereMark(here) {
  return html`<i class=${here ? "here" : "away"} role="img" aria-label=${t(here ? "rostrum.here" : "rostrum.away")} title=${t(here ? "rostrum.here" : "rostrum.away")}></i>`;
}

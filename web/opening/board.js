// @ts-check
/** The unsealing (解密) at a glance: how many there are, how far each is, and what kept it. Drawn from the list on; before it there is nobody to show. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { inLanguage, t } from "../shared/i18n.js";
import { timeText } from "../shared/words.js";
import { boardOf, evidenceOf, officersOf, sectionsOf, standOf, unsealingOf } from "./opening.js";
import { depositText, elapsedText, whyText } from "./words.js";

const MARKS = { waiting: "○", running: "◐", opened: "●", lapsed: "✕" };

/** @param {import("./opening.js").Shown} shown @param {number} now_us house time */
export function boardFigures(shown, now_us) {
  const board = boardOf(shown, now_us);
  const figures = /** @type {const} */ (["total", "waiting", "running", "opened", "lapsed"]);
  return html`<dl class="board-figures" aria-label=${t("opening.board")}>
    ${figures.map((name) => html`<div class="board-${name}"><dt>${name === "total" ? nothing : html`<i aria-hidden="true">${MARKS[name]}</i> `}${t(`opening.board.${name}`)}</dt><dd class="number">${board ? board[name] : "—"}</dd></div>`)}
    <div class="board-elapsed"><dt>${t("opening.board.elapsed")}</dt><dd class="number">${board?.elapsed_us == null ? "—" : elapsedText(board.elapsed_us)}</dd></div>
  </dl>`;
}

/** What stands of one envelope. @param {import("./opening.js").EnvelopeState} state @param {boolean} [window] whether the window is open, so that what is sealed is waited for */
export function stateMark(state, window = true) {
  const stand = standOf(state);
  return html`<span class="envelope envelope-${stand}"><i aria-hidden="true">${MARKS[stand]}</i> ${t(state === "sealed" && !window ? "opening.state.not-unsealed" : `opening.state.${state}`)}</span>`;
}

/**
 * Who bids, and how far each envelope is.
 * @param {import("./opening.js").Shown} shown
 * @param {(row: {section: string, bidder: number}) => boolean} [onScreen] which rows are drawn, where not all fit
 */
export function boardTable(shown, onScreen = () => true) {
  const window = unsealingOf(shown);
  const waits = window === null || window.taking || shown.parts.opening?.stage === "unsealing";
  const many = sectionsOf(shown).length > 1;
  return html`${sectionsOf(shown).map(({ section, title, failed, envelopes, bidders }) => {
    const rows = (bidders ?? []).filter(({ bidder }) => onScreen({ section, bidder }));
    if (failed) return html`<p class="section-failed"><b>${inLanguage(title)}</b> ${t("opening.section-failed", { n: envelopes ?? 0 })}</p>`;
    if (!rows.length) return nothing;
    return html`<table class="board-table">
      <caption class=${many ? "section-title" : "out-of-sight"}>${inLanguage(title)}</caption>
      <thead><tr><th class="right" scope="col">${t("opening.bidder-no")}</th><th scope="col">${t("opening.bidder")}</th><th scope="col">${t("opening.deposit")}</th><th scope="col">${t("opening.signed-in")}</th><th scope="col">${t("opening.unsealing")}</th></tr></thead>
      <tbody>${repeat(rows, ({ bidder }) => bidder, (bid) => html`<tr>
        <td class="right number" data-named=${t("opening.bidder-no")}>${bid.bidder}</td>
        <th scope="row">${bid.name}</th>
        <td data-named=${t("opening.deposit")}>${depositText(bid.deposit)}</td>
        <td data-named=${t("opening.signed-in")}>${bid.signed_in_at_us === null ? html`<span class="muted">${t("opening.not-signed-in")}</span>` : html`<time>${timeText(bid.signed_in_at_us)}</time>`}</td>
        <td data-named=${t("opening.unsealing")}>${stateMark(bid.state, waits)} ${bid.unsealed_at_us !== null ? html`<time class="muted">${timeText(bid.unsealed_at_us)}</time>` : nothing}${lapsed(bid)}${known(shown, section, bid.bidder)}</td>
      </tr>`)}</tbody>
    </table>`;
  })}`;
}

/** Why it lapsed, for everybody. @param {import("./opening.js").ListedBidder} bid */
function lapsed({ why, reason, evidence }) {
  if (why === null) return nothing;
  return html`<small class="lapsed">${whyText(why)}${reason ? html` · ${reason}` : nothing}${evidence ? html` · <span class="code">${evidence.slice(0, 16)}</span>` : nothing}</small>`;
}

/** What officers know of it: the bidder's own report, and the evidence of the house. @param {import("./opening.js").Shown} shown @param {string} section @param {number} bidder */
function known(shown, section, bidder) {
  const officers = officersOf(shown);
  if (!officers) return nothing;
  const reported = officers.troubles.filter((one) => one.section === section && one.bidder === bidder);
  const evidence = evidenceOf(shown, section, bidder);
  return html`${reported.map(({ trouble, at_us }) => html`<small class="trouble">⚑ ${timeText(at_us)} ${t(`opening.trouble.${trouble}`)}</small>`)}
    ${evidence ? html`<small class="evidence">${t("opening.evidence")} ${evidenceSentences(evidence).join(" · ")}</small>` : nothing}`;
}

/** The evidence sheet in words. @param {import("./opening.js").EvidenceSheet} evidence */
export function evidenceSentences({ server_ok, stored, client_ok, certificate, attempts, seen_at_us }) {
  return [
    t(server_ok ? "opening.evidence.server-ok" : "opening.evidence.server-bad"),
    t(stored ? "opening.evidence.stored" : "opening.evidence.not-stored"),
    t(client_ok ? "opening.evidence.client-ok" : "opening.evidence.client-unknown"),
    t(`opening.evidence.certificate.${certificate}`),
    t("opening.evidence.attempts", { n: attempts }),
    seen_at_us === null ? t("opening.evidence.never-seen") : t("opening.evidence.seen", { at: timeText(seen_at_us) }),
  ];
}

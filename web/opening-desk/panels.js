// @ts-check
/** What officers have before them beside the board: the trustees' shares, objections, and another time that one of them asked for. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { dateText, timeText } from "../shared/words.js";
import { objectionsOf, officersOf, openingOf, trusteesOf } from "../opening/opening.js";

/** @typedef {import("../opening/opening.js").Shown} Shown */

/** @param {Shown} shown */
export function trusteesPanel(shown) {
  const trustees = trusteesOf(shown);
  if (!trustees) return nothing;
  return html`<section class="panel trustees">
    <h2>${t("opening.trustees")} <small>${t("opening.trustees.joined", { joined: trustees.joined, of: trustees.of, threshold: trustees.threshold })}</small></h2>
    <ul>${trustees.trustees.map(({ trustee, name, hall, remedy, rejected }) => html`<li><b>${trustee} ${name}</b> <span>${t("opening.trustees.given", { hall, remedy })}${rejected ? html` <span class="bad">${t("opening.trustees.rejected", { n: rejected })}</span>` : nothing}</span></li>`)}</ul>
  </section>`;
}

/** @param {Shown} shown */
export function objectionsPanel(shown) {
  const objections = objectionsOf(shown);
  return html`<section class="panel objections log">
    <h2>${t("opening.objections")} <small>${objections.length ? t("opening.objections.so-far", { n: objections.length, open: objections.filter(({ answer }) => answer === null).length }) : nothing}</small></h2>
    ${objections.length
      ? html`<ol tabindex="0">${objections.map(({ no, bidder, text, at_us, answer, answered_at_us }) => html`<li>
          <p><time>${timeText(at_us)}</time> <b>${no}</b> · ${bidder}: ${text}</p>
          <p class=${answer === null ? "warn" : ""}>${answer === null ? t("opening.objections.open") : html`<time>${timeText(answered_at_us ?? at_us)}</time> ${t("role.host")}: ${answer}`}</p></li>`)}</ol>`
      : html`<p class="empty">${t("opening.objections.none")}</p>`}
  </section>`;
}

/** @param {Shown} shown */
export function timePanel(shown) {
  if (openingOf(shown)?.stage !== "receiving") return nothing;
  const proposal = officersOf(shown)?.proposal;
  return html`<section class="panel time-change">
    <h2>${t("opening.time")}</h2>
    <p>${proposal ? t("opening.time.proposed", { at: dateText(proposal.deadline_us), reason: proposal.reason, by: t(`role.${proposal.by.split(":")[0]}`) }) : t("opening.time.none")}</p>
  </section>`;
}

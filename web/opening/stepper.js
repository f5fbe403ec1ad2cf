// @ts-check
/** The way of an opening, the same on every screen: what is done, what goes on, and what comes. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { dateText, timeText } from "../shared/words.js";
import { stepsOf } from "./opening.js";

/** @param {import("./opening.js").Shown} shown */
export function openingStepper(shown) {
  return html`<ol class="panel opening-steps" aria-label=${t("opening.steps")}>
    ${stepsOf(shown).map(
      ({ stage, state, at_us }, at) => html`<li class="opening-step opening-step-${state}" aria-current=${state === "now" ? "step" : nothing}>
        <i aria-hidden="true">${state === "done" ? "✓" : state === "left_out" ? "–" : at + 1}</i>
        <b>${t(`opening.stage.${stage}`)}<span class="out-of-sight"> ${t(`opening.step.${state}`)}</span></b>
        <small>${at_us === null || state === "left_out" ? nothing : state === "next" ? dateText(at_us) : timeText(at_us)}</small>
      </li>`,
    )}
  </ol>`;
}

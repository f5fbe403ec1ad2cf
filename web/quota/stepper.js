// @ts-check
/** The way of the sale: which round runs, what may be done in it, and what comes next. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { lasting } from "../shared/sheet.js";
import { timeText } from "../shared/words.js";
import { conditionsOf, stepsOf } from "./sale.js";
import { roundName } from "./words.js";

/** @param {import("../shared/store.js").Store} store */
export function stepper(store) {
  const { sale } = store;
  return html`<ol class="panel stepper" aria-label=${t("stepper.title")}>
    ${stepsOf(store).map(
      ({ name, round, state, from_us, until_us }, at) => html`<li class="step step-${state}" aria-current=${state === "now" ? "step" : nothing}>
        <i aria-hidden="true">${state === "done" ? "✓" : at + 1}</i>
        <b>${round ? roundName(name) : t(sale?.result ? `stepper.${sale.result}` : "stepper.result")}<span class="out-of-sight">${t(`stepper.${state}`)}</span></b>
        <small>${round ? (from_us !== null && until_us !== null ? `${timeText(from_us)} – ${timeText(until_us)}` : lasting(round.span_s)) : nothing}</small>
        ${round ? html`<small class="step-may">${mayBeDone(round, conditionsOf(store)?.first_max_fen ?? null)}</small>` : nothing}
      </li>`,
    )}
  </ol>`;
}

/** @param {import("../shared/frames.js").RoundRules} round @param {number | null} most_fen */
function mayBeDone({ first_offers, revisions, reach_fen }, most_fen) {
  if (first_offers) return revisions ? t("step.both", { n: revisions }) : most_fen === null ? t("step.first") : t("step.first-max", { most: shortYuan(most_fen) });
  return reach_fen === null ? t("step.revise", { n: revisions }) : t("step.revise-reach", { n: revisions, reach: shortYuan(reach_fen) });
}

// @ts-check
/** The form, field by field, each with what the house finds wrong with it. */

import { html, nothing } from "../vendor/lit.js";
import { inLanguage, t } from "../shared/i18n.js";
import { GROUPS, LIFTED, SIGHT, valueAt } from "./fields.js";

/**
 * @typedef {import("./fields.js").Field} Field
 * @typedef {{form: any, faults: import("./desk.js").Fault[], change: (at: string, value: unknown) => void}} Desk
 */

/** @param {string} at */
const nameOf = (at) => at.slice(at.lastIndexOf(".") + 1);

/** @param {string} group @param {Desk} desk */
export function fieldsOf(group, desk) {
  return html`<div class="fields">${GROUPS[group].filter(({ when }) => !when || when(desk.form)).map((field) => fieldOf(field, desk))}</div>`;
}

/** @param {Field} field @param {Desk} desk */
function fieldOf(field, desk) {
  const { at, kind, unit } = field;
  const faults = desk.faults.filter((fault) => fault.field === at);
  const label = t(`builder.field.${labelOf(at)}`);
  if (kind === "truth") {
    return html`<div class="field field-truth"><label><input type="checkbox" id=${at} .checked=${Boolean(valueAt(desk.form, at))} @change=${changed(at, desk)}><span>${label}</span></label>${faultsOf(at, faults)}</div>`;
  }
  return html`<div class="field ${faults.length ? "field-bad" : ""}">
    <label><span>${label}${unit ? html` <small>${t(`builder.unit.${unit}`)}</small>` : nothing}</span>${control(field, desk, faults.length > 0)}</label>
    ${faultsOf(at, faults)}
  </div>`;
}

/** @param {string} at */
function labelOf(at) {
  return at === "rules.timed.extension.kind" ? "extension" : nameOf(at);
}

/** @param {Field} field @param {Desk} desk @param {boolean} bad @param {string} [label] */
function control({ at, kind, choices }, desk, bad, label) {
  const value = valueAt(desk.form, at);
  if (kind === "truth") return html`<input type="checkbox" id=${at} aria-label=${label} .checked=${Boolean(value)} @change=${changed(at, desk)}>`;
  if (kind === "choice") {
    return html`<select id=${at} aria-label=${label ?? nothing} aria-invalid=${bad} @change=${changed(at, desk)}>
      ${choices?.map((choice) => html`<option value=${choice} .selected=${choice === value}>${t(`builder.choice.${labelOf(at).replace(/_(public|bidders)$/, "")}.${choice}`)}</option>`)}
    </select>`;
  }
  const type = kind === "instant" ? "datetime-local" : "text";
  return html`<input id=${at} type=${type} inputmode=${kind === "number" ? "numeric" : nothing} autocomplete="off" spellcheck="false" aria-invalid=${bad}
    aria-describedby=${bad ? `${at}-bad` : nothing} .value=${String(value ?? "")} @input=${changed(at, desk)}>`;
}

/** @param {string} at @param {Desk} desk */
function changed(at, desk) {
  return (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    desk.change(at, input.type === "checkbox" ? input.checked : input.value);
  };
}

/** @param {string} at @param {import("./desk.js").Fault[]} faults */
function faultsOf(at, faults) {
  return faults.length ? html`<p class="fault" id="${at}-bad">${faults.map((fault) => inLanguage(fault)).join(" ")}</p>` : nothing;
}

/** Who sees what. @param {Desk} desk */
export function sight(desk) {
  const faults = desk.faults.filter(({ field }) => field?.startsWith("rules.visibility"));
  return html`<table class="sight">
      <thead><tr><td></td><th scope="col">${t("builder.sight.public")}</th><th scope="col">${t("builder.sight.bidders")}</th></tr></thead>
      <tbody>${SIGHT.map(
        ([everybody, bidders], row) => html`<tr><th scope="row">${t(row ? "builder.sight.counts" : "builder.sight.amounts")}</th>
          ${[everybody, bidders].map((field) => html`<td>${control(field, desk, faults.length > 0, t(`builder.field.${nameOf(field.at)}`))}</td>`)}</tr>`,
      )}</tbody>
    </table>
    <div class="fields">${fieldOf(LIFTED, { ...desk, faults: [] })}</div>
    ${faultsOf("rules.visibility", faults)}`;
}

/** The bands of the increments. @param {Desk} desk */
export function increments(desk) {
  const at = "rules.increments";
  const bands = /** @type {Record<string, string>[]} */ (valueAt(desk.form, at));
  const faults = desk.faults.filter(({ field }) => field?.startsWith(at));
  const put = (/** @type {number} */ row, /** @type {string} */ name) => (/** @type {Event} */ event) =>
    desk.change(at, bands.map((band, place) => (place === row ? { ...band, [name]: /** @type {HTMLInputElement} */ (event.target).value } : band)));
  return html`<table class="bands">
      <thead><tr><th scope="col">${t("builder.field.from_yuan")}</th><th scope="col">${t("builder.field.step_yuan")}</th><td></td></tr></thead>
      <tbody>${bands.map((band, row) => {
        const bad = faults.filter(({ field }) => field?.startsWith(`${at}[${row + 1}]`));
        return html`<tr>
          ${["from_yuan", "step_yuan"].map((name) => html`<td><input class="number" inputmode="numeric" autocomplete="off" aria-label="${t(`builder.field.${name}`)}, ${row + 1}" aria-invalid=${bad.length > 0} .value=${String(band[name])} @input=${put(row, name)}></td>`)}
          <td><button type="button" class="button button-small" aria-label=${t("builder.band.remove", { row: row + 1 })} ?disabled=${bands.length === 1} @click=${() => desk.change(at, bands.filter((_, place) => place !== row))}>✕</button></td>
        </tr>`;
      })}</tbody>
    </table>
    <button type="button" class="button button-small add-band" @click=${() => desk.change(at, [...bands, { from_yuan: "", step_yuan: "" }])}>${t("builder.band.add")}</button>
    ${faultsOf(at, faults)}`;
}

// @ts-check
/** A figure of the published months under its name, with a sentence that says how it ran; and what the lines mean. */

import { html } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { coursePlot } from "./course.js";
import { extremes } from "./months.js";

/** @typedef {import("./months.js").Month} Month */

const numbers = new Intl.NumberFormat("en");

/** @param {number} value */
export const count = (value) => numbers.format(value);

/**
 * @param {{months: Month[], name: string, of: ((month: Month) => number)[], scale: (value: number) => string, text: (month: Month) => string,
 *   at?: number, choose?: (at: number) => void}} course `text` words the first of the figures `of`; for the rest see `coursePlot`
 */
export function course({ months, name, of, scale, text, at, choose }) {
  return html`<div><h3>${t(name)}</h3>
    ${coursePlot({ says: ran(t(name), months, of[0], text), months, lines: of.map((each, nth) => ({ of: each, dashed: nth > 0 })), scale, at, choose })}</div>`;
}

/**
 * How a figure ran, in one sentence.
 * @template {{month: string}} T
 * @param {string} figure @param {T[]} months @param {(month: T) => number} of @param {(month: T) => string} text
 */
export function ran(figure, months, of, text) {
  const { least, most } = extremes(months, of);
  return t("shanghai.plot.says", { figure, from: months[0].month, to: months[months.length - 1].month, least: text(least), least_at: least.month, most: text(most), most_at: most.month });
}

/** Which line is which. */
export function courseLegend() {
  return html`<p class="legend"><svg viewBox="0 0 18 18" aria-hidden="true"><path class="course-line" d="M0 9h18" /></svg>${t("shanghai.lowest")}
    <svg viewBox="0 0 18 18" aria-hidden="true"><path class="course-line course-dashed" d="M0 9h18" /></svg>${t("shanghai.average")}
    <svg viewBox="0 0 18 18" aria-hidden="true"><circle class="course-doubt" cx="9" cy="9" r="5" /></svg>${t("shanghai.doubtful")}</p>`;
}

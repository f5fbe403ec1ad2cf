// @ts-check
/** A list handed in as a file: where it is dropped, and its lines with what is wrong beside each. */

import { html, nothing } from "../vendor/lit.js";
import { inLanguage, t } from "../shared/i18n.js";

/**
 * @param {string} name `catalogue` or `paddles`
 * @param {{list: import("./desk.js").List | undefined, lines: import("./desk.js").Lines | undefined, faults: import("./desk.js").Fault[],
 *   take: (file: File | undefined) => void, drop: () => void, sample: () => void}} desk
 */
export function listOf(name, { list, lines, faults, take, drop, sample }) {
  const whole = faults.filter(({ line, field }) => line === null || field === `sale.${name}` || !isShown(lines, line));
  return html`<div class="drop" @dragover=${over} @dragleave=${leave} @drop=${(/** @type {DragEvent} */ event) => dropped(event, take)}>
      <label class="button"><input type="file" class="out-of-sight" id="file-${name}" accept=".csv,text/csv" @change=${(/** @type {Event} */ event) => picked(event, take)}>${t(list ? "builder.list.other" : "builder.list.choose")}</label>
      <span class="muted">${list ? html`<bdi class="file-name">${list.name.replace(/\p{C}/gu, "\uFFFD")}</bdi> · ${t("builder.list.bytes", { n: list.bytes.length })}` : t("builder.list.drop")}</span>
      ${list ? html`<button type="button" class="button button-small" @click=${drop}>${t("builder.list.remove")}</button>` : nothing}
      <button type="button" class="link" @click=${sample}>${t("builder.list.sample")}</button>
    </div>
    <p class="muted hint">${t(`builder.list.${name}`)}</p>
    ${whole.length ? html`<ul class="fault-list">${whole.map((fault) => html`<li class="fault">${fault.line ? `${t("builder.line", { line: fault.line })} ` : ""}${inLanguage(fault)}</li>`)}</ul>` : nothing}
    ${list && lines?.header.length ? table(name, lines, faults) : nothing}`;
}

/** @param {import("./desk.js").Lines | undefined} lines @param {number | null} wanted */
function isShown(lines, wanted) {
  return Boolean(lines?.rows.some(({ line }) => line === wanted));
}

/** @param {string} name @param {import("./desk.js").Lines} lines @param {import("./desk.js").Fault[]} faults */
function table(name, { header, rows, left_out }, faults) {
  const columns = Math.max(header.length, ...rows.map(({ cells }) => cells.length));
  return html`<div class="lines" tabindex="0" role="region" aria-label=${t("builder.list.lines", { list: t(`builder.${name}`) })}><table>
      <thead><tr><th scope="col">${t("builder.line-no")}</th>${header.map((title) => html`<th scope="col">${title}</th>`)}${columns > header.length ? html`<td colspan=${columns - header.length}></td>` : nothing}</tr></thead>
      <tbody>${rows.map(({ line, cells }) => {
        const bad = faults.filter((fault) => fault.line === line);
        const columnsBad = new Set(bad.map(({ field }) => field));
        return html`<tr class=${bad.length ? "line-bad" : ""}><th scope="row" class="number">${line}</th>${cells.map((cell, place) => html`<td class=${columnsBad.has(header[place]) ? "cell-bad" : ""}>${cell}</td>`)}${cells.length < columns ? html`<td colspan=${columns - cells.length}></td>` : nothing}</tr>
          ${bad.length ? html`<tr class="line-fault"><td></td><td colspan=${columns}>${bad.map((fault) => html`<p class="fault">${fault.field ? html`<b>${fault.field}</b> ` : nothing}${inLanguage(fault)}</p>`)}</td></tr>` : nothing}`;
      })}</tbody>
    </table></div>
    ${left_out ? html`<p class="muted">${t("builder.list.left-out", { n: left_out })}</p>` : nothing}`;
}

/** @param {DragEvent} event */
function over(event) {
  event.preventDefault();
  /** @type {HTMLElement} */ (event.currentTarget).dataset.over = "";
}

/** @param {DragEvent} event */
function leave(event) {
  delete (/** @type {HTMLElement} */ (event.currentTarget).dataset.over);
}

/** @param {DragEvent} event @param {(file: File | undefined) => void} take */
function dropped(event, take) {
  event.preventDefault();
  leave(event);
  take(event.dataTransfer?.files[0]);
}

/** @param {Event} event @param {(file: File | undefined) => void} take */
function picked(event, take) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  take(input.files?.[0]);
  input.value = ""; // The same file, mended, may be chosen again.
}

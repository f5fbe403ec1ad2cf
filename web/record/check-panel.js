// @ts-check
/** The panel in which everything is checked: what was handed in, one button, and the verdict in words. */

import { html, nothing } from "../vendor/lit.js";
import { knows, t } from "../shared/i18n.js";

/** @typedef {import("./checker.js").Checker} Checker */

/** Kinds of sale of which everything is left unjudged here, and held to its proofs. */
const WHOLE = new Set(["quota", "opening"]);

/** @param {Checker} checker @param {boolean} [judged] whether the sale is held again by its rules here, or to its proofs only */
export function checkPanel(checker, judged = true) {
  const { held, state, odd, remembered } = checker;
  return html`<section class="panel check" aria-labelledby="check-title">
    <h2 id="check-title">${t("check.title")}</h2>
    <p class="muted">${t(judged ? "check.how" : "check.how-proofs")}</p>
    <p class="check-acts">
      <button type="button" class="button" ?disabled=${state === "busy"} @click=${() => void checker.run()}>${t(state === "busy" ? "check.busy" : "check.run")}</button>
      <label class="button button-small"><input type="file" multiple class="out-of-sight" @change=${(/** @type {Event} */ event) => picked(event, checker)}>${t("check.choose")}</label>
      <span class="muted">${t("check.remembered", { n: remembered.length })}</span>
    </p>
    ${held.size ? html`<ul class="check-held">${[...held.keys()].map((name) => html`<li><bdi>${shown(name)}</bdi> <button type="button" class="button button-small" @click=${() => checker.drop(name)}>${t("check.remove")}</button></li>`)}</ul>` : nothing}
    ${odd === null ? nothing : html`<p class="check-odd" role="status"><bdi>${shown(odd)}</bdi> ${t("check.odd")}</p>`}
    ${verdictOf(checker)}
  </section>`;
}

/** @param {Checker} checker */
function verdictOf({ state, verdict }) {
  if (state === "failed") return html`<p class="verdict-word check-partly" role="status">${t("record.unread")}</p>`;
  if (state !== "done" || !verdict) return nothing;
  if (verdict.verdict === "BAD") {
    return html`<div class="check-bad" role="status">
      <p class="verdict-word"><i aria-hidden="true">✗</i>${t("check.bad", { seq: verdict.seq ?? 0, why: ruleText(verdict.rule ?? "") })}</p>
      <p>${t("check.evidence", { what: evidenceText(verdict.evidence ?? "") })} ${verdict.seq ? html`<a href="#seq=${verdict.seq}">${t("check.show", { seq: verdict.seq })}</a>` : nothing}</p>
    </div>`;
  }
  const proved = Object.keys(verdict.not_judged).some((name) => WHOLE.has(name));
  const unjudged = proved ? [] : Object.entries(verdict.not_judged);
  return html`<div class=${verdict.unchecked ? "check-partly" : "check-good"} role="status">
    <p class="verdict-word"><i aria-hidden="true">${verdict.unchecked ? "?" : "✓"}</i>${t(verdict.unchecked ? "record.unsigned" : proved ? "check.proved" : "check.good", { n: verdict.records })}</p>
    ${proved ? html`<p class="muted">${t("check.proofs-only")}</p>` : nothing}
    ${unjudged.length ? html`<p class="muted">${t("check.not-judged")}</p><ul class="muted">${unjudged.map(([name, count]) => html`<li>${count} ${t(`fault.${name}`)}</li>`)}</ul>` : nothing}
  </div>`;
}

/** A proof by its sentence, an article of the rules by its number. @param {string} rule */
function ruleText(rule) {
  return knows(`fault.${rule}`) ? t(`fault.${rule}`) : t("check.article", { n: rule });
}

/** @param {string} evidence */
function evidenceText(evidence) {
  if (evidence === "export") return t("check.export");
  const size = /^remembered:(\d+)$/.exec(evidence)?.[1];
  return size ? t("check.checkpoint", { n: size }) : shown(evidence);
}

/** A file's name without what could turn the text around it. @param {string} name */
function shown(name) {
  return name.replace(/\p{C}/gu, "\uFFFD");
}

/** @param {Event} event @param {Checker} checker */
function picked(event, checker) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  void handIn(input.files, checker);
}

/** @param {FileList | null | undefined} files @param {Checker} checker */
async function handIn(files, checker) {
  for (const file of [...(files ?? [])]) checker.hand(file.name, await file.text());
}

/**
 * Receipts and checkpoints may be dropped anywhere on the page, or pasted.
 * @param {Checker} checker
 */
export function takesDrops(checker) {
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    void handIn(event.dataTransfer?.files, checker);
  });
  document.addEventListener("paste", (event) => {
    if (event.target instanceof Element && event.target.closest("input, textarea")) return;
    const text = event.clipboardData?.getData("text/plain").trim();
    if (text) checker.hand(t("check.pasted", { n: checker.held.size + 1 }), text.startsWith("{") ? text : `${text}\n`);
  });
}

// @ts-check
/** How the desk for sealing looks. */
import { html, live, nothing } from "../vendor/lit.js";
import { inLanguage, knows, t } from "../shared/i18n.js";
import { yuan } from "../shared/money.js";
import { spelledOut } from "../shared/words.js";
import { Refused } from "./deposit.js";
import { SealFault } from "./fault.js";
import { named, passphraseFault, readField, sizeText } from "./form.js";

/** @typedef {import("./desk.js").SealDesk} Desk */
/** @typedef {import("./form.js").Tender} Tender */

/** @param {Desk} desk @param {Tender} tender */
export function deskView(desk, tender) {
  const filling = desk.stage === "filling";
  return html`<section class="panel seal-desk" aria-label=${t("seal.title")}>
    <h2>${t("seal.title")} <small>${t("seal.for", { section: tender.section, bidder: tender.bidder, version: tender.version })}</small></h2>
    <form class="seal-form" @submit=${(/** @type {Event} */ event) => (event.preventDefault(), void desk.seal())}>
      <fieldset ?disabled=${!filling}>
        <legend>${t("seal.sheet")}</legend>
        <div class="seal-fields">${tender.fields.map((field) => fieldView(desk, tender, field))}</div>
      </fieldset>
      <fieldset ?disabled=${!filling}>
        <legend>${t("seal.files")}</legend>
        ${filesView(desk)}
      </fieldset>
      ${filling || desk.stage === "sealing" ? secretsView(desk, filling) : nothing}
      <p class="seal-remedy">${t(tender.remedy ? "seal.remedy" : "seal.no-remedy")}</p>
      <div class="seal-acts" ?hidden=${!filling}>
        <button class="button button-main seal-go" ?disabled=${desk.whyNot !== null}>${t("seal.go")}</button>
        <span class="seal-why">${filling ? desk.whyNot : nothing}</span>
      </div>
    </form>
    ${outcomeView(desk)}
  </section>`;
}

/** What is forgotten as soon as the bid is sealed. @param {Desk} desk @param {boolean} filling */
function secretsView(desk, filling) {
  const names = /** @type {const} */ (["signing", "signing-key", "encryption", "encryption-key"]);
  return html`${desk.bidder ? nothing : html`<fieldset ?disabled=${!filling}>
      <legend>${t("seal.keys")}</legend>
      <p class="muted">${t("seal.keys.stay")}</p>
      <div class="seal-fields">${names.map((name) => keyView(desk, name))}${secretView(desk, "password", "current-password", null)}</div>
    </fieldset>`}
    <fieldset ?disabled=${!filling}>
      <legend>${t("seal.words")}</legend>
      <p class="muted">${t("seal.words.what")}</p>
      <div class="seal-fields">${wordsView(desk, "words")}${wordsView(desk, "again")}</div>
    </fieldset>`;
}

/** @param {Desk} desk @param {Tender} tender @param {import("./form.js").Field} field */
function fieldView(desk, tender, field) {
  const typed = desk.typed[field.name] ?? "";
  const { value, why, warn = null } = readField(field, typed, tender);
  const bad = why && typed ? t(why.key, why.values) : null;
  const money = field.kind === "money" && typeof value === "number";
  const id = `seal-${field.name}`;
  return html`<div class="seal-field ${field.kind === "money" ? "seal-money" : ""}">
    <label for=${id}><span>${field.needed === false ? t("seal.field.optional", { title: inLanguage(field.title) }) : inLanguage(field.title)}</span></label>
    <input id=${id} class=${field.kind === "text" ? "" : "money"} inputmode=${{ money: "decimal", whole: "numeric", text: "text" }[field.kind]} autocomplete="off" maxlength=${field.kind === "text" ? 2000 : 24} .value=${live(typed)} @input=${(/** @type {InputEvent} */ event) => desk.type(field.name, valueOf(event))} aria-invalid=${bad ? "true" : "false"} aria-describedby="${id}-says">
    <p class="seal-says" id="${id}-says">${bad ? html`<span class="bad">${bad}</span>` : money ? html`<b class="money">${yuan(value)}</b> <span class="seal-capitals">${spelledOut(value)}</span>${warn ? html` <span class="bad">${t(warn.key, warn.values)}</span>` : nothing}` : field.kind === "money" ? html`<span class="muted">${t("seal.field.in-yuan")}</span>` : "\u00a0"}</p>
  </div>`;
}

/** @param {Desk} desk */
function filesView(desk) {
  const fault = desk.filesFault;
  const over = (/** @type {DragEvent} */ event) => event.preventDefault();
  const dropped = (/** @type {DragEvent} */ event) => (event.preventDefault(), desk.stage === "filling" && desk.choose(event.dataTransfer?.files ?? []));
  return html`<div class="seal-drop" @dragover=${over} @drop=${dropped}>
      <label class="button"><input type="file" multiple class="out-of-sight" id="seal-files" @change=${(/** @type {Event} */ event) => desk.choose(filesOf(event))}>${t("seal.files.choose")}</label>
      <span class="muted">${t("seal.files.drop")}</span>
    </div>
    <ul class="seal-files">${desk.files.map((file) => html`<li>
      <bdi>${shown(file)}</bdi> <span class="muted number">${sizeText(file.size)}</span>
      <button type="button" class="button button-small" aria-label=${t("seal.files.remove-one", { name: shown(file) })} @click=${() => desk.drop(file)}>${t("seal.files.remove")}</button>
    </li>`)}</ul>
    <p class="seal-says" role="status">${fault ? html`<span class="bad">${faultText(fault)}</span>` : html`<span class="muted">${t("seal.files.sum", { n: desk.files.length, size: sizeText(desk.files.reduce((sum, { size }) => sum + size, 0)) })}</span>`}</p>`;
}

/** @param {Desk} desk @param {import("./desk.js").KeyFile} name */
function keyView(desk, name) {
  const file = desk.keys[name];
  return html`<div class="seal-key">
    <span class="seal-key-name">${t(`seal.key.${name}`)}</span>
    <label class="button"><input type="file" class="out-of-sight" id="seal-${name}" accept=".pem,.crt,.cer,.key" @change=${(/** @type {Event} */ event) => desk.chooseKey(name, filesOf(event)[0])}><span class="out-of-sight">${t(`seal.key.${name}`)}</span>${t(file ? "seal.key.other" : "seal.key.choose")}</label>
    <bdi class="muted">${file ? shown(file) : t("seal.key.none")}</bdi>
  </div>`;
}

/** @param {Desk} desk @param {"words" | "again"} name */
function wordsView(desk, name) {
  const key = passphraseFault(desk.words, desk.again);
  const bad = key && desk[name] && (name === "again") === (key === "seal.words.differ") ? t(key) : null;
  return secretView(desk, name, "new-password", bad);
}

/** @param {Desk} desk @param {"words" | "again" | "password"} name @param {"new-password" | "current-password"} complete @param {string | null} bad */
function secretView(desk, name, complete, bad) {
  return html`<div class="seal-field">
    <label for="seal-${name}"><span>${t(`seal.words.${name}`)}</span></label>
    <input id="seal-${name}" type="password" autocomplete=${complete} maxlength="200" .value=${live(desk[name])} @input=${(/** @type {InputEvent} */ event) => (desk[name] = valueOf(event))} aria-invalid=${bad ? "true" : "false"} aria-describedby="seal-${name}-says">
    <p class="seal-says" id="seal-${name}-says">${bad ? html`<span class="bad">${bad}</span>` : "\u00a0"}</p>
  </div>`;
}

/** @param {Desk} desk */
function outcomeView(desk) {
  return html`<div class="seal-outcome">
    <p class="seal-state" role="status">${t(`seal.stage.${desk.stage}`)}${desk.progress.waiting && desk.stage === "sending" ? html` <span class="bad">${t("seal.waiting")}</span>` : nothing}</p>
    <p class="seal-fault" role="alert">${desk.fault ? html`<span class="bad">${faultText(desk.fault)}</span>` : nothing}</p>
    ${desk.stage === "sealing" || desk.stage === "sending" ? progressView(desk) : nothing}
    ${desk.envelope ? envelopeView(desk) : nothing}
  </div>`;
}

/** @param {Desk} desk */
function progressView(desk) {
  const { done, of } = desk.progress;
  return html`<div class="seal-progress">
    <progress max=${of} .value=${done} aria-label=${t(`seal.stage.${desk.stage}`)}></progress>
    <span class="number">${Math.floor((100 * done) / of)}%</span>
    <button type="button" class="button" @click=${() => desk.cancel()}>${t("cancel")}</button>
  </div>`;
}

/** @param {Desk} desk */
function envelopeView(desk) {
  const { manifest, digests } = /** @type {import("./sealer.js").Envelope} */ (desk.envelope);
  const chunks = Object.values(digests).reduce((sum, all) => sum + all.length, 0);
  const [rests, sealed] = [desk.stage === "sealed", desk.stage === "deposited"];
  return html`<ul class="seal-tests">
      ${["opened", "signed", "recovered", "committed"].map((test) => html`<li><span aria-hidden="true">✓</span> ${t(`seal.test.${test}`, { n: chunks })}</li>`)}
    </ul>
    <dl class="digests"><dt>${t("seal.suite")}</dt><dd class="code">${manifest.context.suite.name}</dd><dt>${t("seal.kc")}</dt><dd class="code">${manifest.said.kc}</dd></dl>
    <div class="seal-acts">
      <button type="button" class="button ${desk.saved ? "" : "button-main"} seal-save" @click=${() => desk.saveRecovery()}>${t("seal.save")}</button>
      ${desk.uploads === null || sealed ? nothing : html`<button type="button" class="button ${desk.saved ? "button-main" : ""} seal-send" ?disabled=${!rests || !desk.saved} @click=${() => void desk.send()}>${t("seal.send")}</button>`}
      ${sealed ? html`<button type="button" class="button button-main seal-receipt" @click=${() => desk.saveReceipt()}>${t("seal.receipt")}</button>` : nothing}
      <button type="button" class="button seal-anew" ?disabled=${!rests && !sealed} @click=${() => desk.anew()}>${t("seal.anew")}</button>
    </div>
    <p class="seal-why">${desk.saved ? t("seal.saved") : t("seal.save-first")}</p>`;
}

/** What went wrong, in the page's language. @param {unknown} fault */
export function faultText(fault) {
  if (fault instanceof Refused) return inLanguage(fault.said);
  if (!(fault instanceof SealFault) || fault.code === "E_SEAL_CONTENT") return t("seal.file-gone");
  if (fault.detail.where === "password") return t("seal.password-wrong");
  const key = `seal.fault.${fault.code}`;
  return knows(key) ? t(key, named(fault.detail, t)) : fault.code;
}

/** The name of a file, without letters that nobody sees. @param {File} file */
function shown({ name }) {
  return name.replace(/\p{C}/gu, "\uFFFD");
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}

/** The files chosen; chosen once more, the same file is news again. @param {Event} event */
function filesOf(event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const files = [...(input.files ?? [])];
  input.value = "";
  return files;
}

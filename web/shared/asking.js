// @ts-check
/** What a desk asks back before an act: a reason, some fields, or only whether it is meant. Enter sends, Escape leaves it. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { languages, t } from "./i18n.js";

/**
 * @typedef {{title: () => string, act: () => string, body?: (asking: Asking) => unknown, presets?: () => string[], danger?: boolean,
 *   send: (fields: FormData) => string | null}} Question
 *   `presets` are reasons, each under its digit; `send` gives a sentence if something typed will not do, and null once it is asked
 */

export const REASONS = ["asking.reason.1", "asking.reason.2", "asking.reason.3", "asking.reason.4"];

export class Asking extends LitElement {
  static properties = { question: { state: true }, wrong: { state: true } };

  constructor() {
    super();
    /** @type {Question | null} */
    this.question = null;
    /** Why what was typed will not do. */
    this.wrong = "";
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  /** @param {Question} question */
  ask(question) {
    this.wrong = "";
    this.question = question;
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const field = this.querySelector("input");
    if (field) field.select();
    else /** @type {HTMLElement | null} */ (this.querySelector(".choices button:last-child"))?.focus();
  }

  render() {
    const { question } = this;
    if (!question) return nothing;
    return html`<dialog class="sheet asking" aria-labelledby="asking-title" @close=${this.#closed} @keydown=${this.#key}>
      <h2 id="asking-title">${question.title()}</h2>
      <form method="dialog" class="asking-form" @submit=${this.#send} @input=${() => (this.wrong = "")}>
        ${question.body?.(this)}
        ${question.presets ? this.#reason(question.presets()) : nothing}
        <p class="asking-wrong bad" role="alert">${this.wrong}</p>
        <div class="choices">
          <button type="button" class="button" @click=${this.#leave}>${t("cancel")}</button>
          <button class=${question.danger ? "button button-stop" : "button button-main"}>${question.act()}</button>
        </div>
      </form>
    </dialog>`;
  }

  /** @param {string[]} presets */
  #reason(presets) {
    return html`<div class="presets">${presets.map((text, n) => html`<button type="button" class="button" @click=${() => this.#choose(text)}><kbd>${n + 1}</kbd> ${text}</button>`)}</div>
      <label><span>${t("asking.reason")}</span><input name="reason" required maxlength="200" autocomplete="off"></label>`;
  }

  /** @param {string} text */
  #choose(text) {
    const field = /** @type {HTMLInputElement} */ (this.querySelector("[name=reason]"));
    field.value = text;
    field.focus();
    field.select();
  }

  /** A digit stands for a reason while nothing of one's own has been typed. @param {KeyboardEvent} event */
  #key = (event) => {
    const preset = this.question?.presets?.()[Number(event.key) - 1];
    const field = event.target;
    if (!preset || event.isComposing) return;
    if (field instanceof HTMLInputElement && field.value !== "" && !(field.selectionStart === 0 && field.selectionEnd === field.value.length)) return;
    event.preventDefault();
    this.#choose(preset);
  };

  /** @param {SubmitEvent} event */
  #send = (event) => {
    event.preventDefault();
    const wrong = this.question?.send(new FormData(/** @type {HTMLFormElement} */ (event.target))) ?? null;
    if (wrong === null) this.#leave();
    else this.wrong = wrong;
  };

  /** Escape closed it. The word of a dialog that is gone may come when the next one is open. @param {Event} event */
  #closed = (event) => {
    if (event.target === this.querySelector("dialog")) this.question = null;
  };

  #leave = () => {
    this.querySelector("dialog")?.close();
    this.question = null;
  };
}

customElements.define("lc-asking", Asking);

/** The one question a page may have open. @param {Element} page */
export function askingOf(page) {
  return /** @type {Asking | null} */ (page.querySelector("lc-asking"));
}

/** What was typed as the reason. @param {FormData} fields */
export function reasonOf(fields) {
  return String(fields.get("reason") ?? "").normalize("NFC").trim();
}

// @ts-check
/** The sheet of keys behind `?`. */

import { LitElement, html } from "../vendor/lit.js";
import { t } from "./i18n.js";

export class Help extends LitElement {
  static properties = { keys: { attribute: false } };

  constructor() {
    super();
    /** @type {import("./keys.js").Key[]} */
    this.keys = [];
  }

  createRenderRoot() {
    return this;
  }

  show() {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  render() {
    return html`<dialog class="sheet" aria-labelledby="help-title">
      <h2 id="help-title">${t("keys.title")}</h2>
      <dl class="keys">
        ${this.keys.map(({ key, says }) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(says)}</dd></div>`)}
      </dl>
      <form method="dialog"><button class="button" autofocus>${t("close")}</button></form>
    </dialog>`;
  }
}

customElements.define("lc-help", Help);

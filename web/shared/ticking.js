// @ts-check
/** An element that shows what goes on by itself, as time does: it draws itself, so that the page around it rests. */

import { LitElement } from "../vendor/lit.js";
import { languages } from "./i18n.js";

export class Ticking extends LitElement {
  /** So often it is drawn. */
  static every_ms = 100;

  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  constructor() {
    super();
    /** @type {import("./socket.js").Connection | null} */
    this.connection = null;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#ticking = setInterval(() => this.requestUpdate(), /** @type {typeof Ticking} */ (this.constructor).every_ms);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
  }
}

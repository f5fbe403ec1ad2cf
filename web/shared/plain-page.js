// @ts-check
/** What every page that is of no single sale shares: it asks the house, says if nobody answers, and speaks the chosen language. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { languages, t } from "./i18n.js";

export class PlainPage extends LitElement {
  /** @type {Record<string, {state: boolean}>} */
  static properties = { failed: { state: true } };
  /** The page's name among the texts. */
  static named = "";
  /** Whether what it shows changes while it is looked at. */
  static refreshes = false;
  /** So often it is asked again then. */
  static every_ms = 15_000;

  constructor() {
    super();
    this.failed = false;
    languages.on("change", () => this.requestUpdate());
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.#ask();
    const { refreshes, every_ms } = /** @type {typeof PlainPage} */ (this.constructor);
    if (refreshes) setInterval(() => document.visibilityState === "visible" && void this.#ask(), every_ms);
  }

  updated() {
    document.title = `${t(/** @type {typeof PlainPage} */ (this.constructor).named)} · ${t("house")}`;
  }

  /** Ask the house for all that is shown; it throws if nobody answers. */
  async load() {}

  /** What to say while nobody answers. */
  unanswered() {
    return this.failed ? html`<p class="status status-stale">${t("status.no-house")}</p>` : nothing;
  }

  async #ask() {
    try {
      await this.load();
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}

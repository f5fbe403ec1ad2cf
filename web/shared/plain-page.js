// @ts-check
/** What every page that is of no single sale shares: it asks the house, says if nobody answers, and speaks the chosen language. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { languages, t } from "./i18n.js";

const REFRESH_MS = 15_000;

export class PlainPage extends LitElement {
  /** @type {Record<string, {state: boolean}>} */
  static properties = { failed: { state: true } };
  /** The page's name among the texts. */
  static named = "";
  /** Whether what it shows changes while it is looked at. */
  static refreshes = false;

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
    const { refreshes } = /** @type {typeof PlainPage} */ (this.constructor);
    if (refreshes) setInterval(() => document.visibilityState === "visible" && void this.#ask(), REFRESH_MS);
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

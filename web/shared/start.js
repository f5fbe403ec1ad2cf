// @ts-check
/** Begins a page: its language first, then its element. */

import "./bar.js";
import "./help.js";
import "./plate.js";
import { loadLanguage } from "./i18n.js";

const AGAIN_MS = 2_000;

/**
 * @param {string} tag
 * @param {CustomElementConstructor} page
 */
export async function start(tag, page) {
  for (;;) {
    try {
      await loadLanguage();
      break;
    } catch {
      await new Promise((again) => setTimeout(again, AGAIN_MS)); // A screen switched on before its house waits for it.
    }
  }
  customElements.define(tag, page);
}

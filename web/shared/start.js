// @ts-check
/** Begins a page: its language first, then its element. */

import "./bar.js";
import "./help.js";
import "./plate.js";
import { loadLanguage } from "./i18n.js";

/**
 * @param {string} tag
 * @param {CustomElementConstructor} page
 */
export async function start(tag, page) {
  await loadLanguage();
  customElements.define(tag, page);
}

// @ts-check
/** The choice of colours and of large type (大字版): shown at once, kept in this browser, the same on every page of it. */

import { Emitter } from "./emitter.js";

/** @typedef {"auto" | "light" | "dark"} Theme `auto`: as the system, or the page, has it */

/** @type {readonly Theme[]} */
export const THEMES = ["auto", "light", "dark"];

/** @type {Emitter<{change: undefined}>} */
export const looks = new Emitter();

/** @returns {Theme} */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  return THEMES.find((known) => known === chosen) ?? "auto";
}

/** Whether type is large, and every bid is read back before it is made. */
export function isLarge() {
  return document.documentElement.dataset.type === "large";
}

/** @param {Theme} chosen */
export function chooseTheme(chosen) {
  choose("theme", chosen === "auto" ? null : chosen);
}

/** @param {boolean} large */
export function chooseLarge(large) {
  choose("type", large ? "large" : null);
}

/**
 * @param {"theme" | "type"} name
 * @param {string | null} value null for what goes without saying
 */
function choose(name, value) {
  show(name, value);
  try {
    if (value === null) localStorage.removeItem(`luochui/${name}`);
    else localStorage.setItem(`luochui/${name}`, value);
  } catch {
    // Not remembered, then.
  }
}

/**
 * @param {"theme" | "type"} name
 * @param {string | null} value
 */
function show(name, value) {
  if (value === null) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
  looks.emit("change", undefined);
}

/** Another tab chose: follow. */
export function followLooks() {
  addEventListener("storage", ({ key, newValue }) => {
    if (key === "luochui/theme") show("theme", newValue);
    if (key === "luochui/type") show("type", newValue);
  });
}

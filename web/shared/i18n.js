// @ts-check
/** The page's language: Chinese first, English second; one flat catalogue each, changed without a reload. */

import { Emitter } from "./emitter.js";

export const LANGUAGES = /** @type {const} */ (["zh-CN", "en"]);

/** @typedef {(typeof LANGUAGES)[number]} Language */

const KEY = "luochui/lang";

/** @type {Record<string, string>} */
let catalogue = {};
/** @type {Language} */
let language = "zh-CN";

/** @type {Emitter<{change: Language}>} */
export const languages = new Emitter();

/** Reads the catalogue of the language this visitor wants. Before anything is drawn. */
export async function loadLanguage() {
  const wanted = new URLSearchParams(location.search).get("lang") ?? remembered();
  await speak(LANGUAGES.find((known) => known === wanted) ?? "zh-CN");
}

/** Changes the page's language, and remembers it. @param {Language} wanted */
export async function chooseLanguage(wanted) {
  try {
    await speak(wanted);
  } catch {
    return; // The house cannot be reached: the language stays.
  }
  const address = new URL(location.href);
  address.searchParams.set("lang", wanted);
  history.replaceState(history.state, "", address);
}

/** @param {Language} wanted */
async function speak(wanted) {
  const answer = await fetch(new URL(`./locales/${wanted}.json`, import.meta.url));
  useCatalogue(wanted, await answer.json());
  document.documentElement.lang = wanted;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Not remembered, then.
  }
  languages.emit("change", wanted);
}

/**
 * @param {Language} wanted
 * @param {Record<string, string>} sentences
 */
export function useCatalogue(wanted, sentences) {
  language = wanted;
  catalogue = sentences;
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function spoken() {
  return language;
}

/**
 * The sentence for `key`, with `{values}` filled in. A count `n` chooses `key.one` where the language has it.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const one = values.n === 1 ? catalogue[`${key}.one`] : undefined;
  const sentence = one ?? catalogue[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {string} key */
export function knows(key) {
  return key in catalogue;
}

/** The sentence for the page's language out of a frame that carries both. @param {{zh: string, en: string}} both */
export function inLanguage(both) {
  return language === "en" ? both.en : both.zh;
}

// @ts-check
/** A rule sheet in plain sentences, for those who are held to it. Knows no DOM. */

import { t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { dateText } from "./words.js";

const UNITS = /** @type {const} */ ([
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
]);

/** A span as people say it: the greatest unit in which it is whole. @param {number} seconds */
export function lasting(seconds) {
  for (const [unit, length] of UNITS) if (seconds && seconds % length === 0) return t(`sheet.${unit}`, { n: seconds / length });
  return t("sheet.seconds", { n: seconds });
}

/**
 * The sentences of a sheet, the most important first, in the page's language.
 * @param {any} rules the part `rules`
 * @returns {string[]}
 */
export function sheetSentences(rules) {
  return [
    t(`sheet.mode.${rules.mode}`, { calls: rules.calls }),
    ...(rules.timed ? timed(rules.timed) : []),
    ...(rules.opens_at_us === null ? [] : [t("sheet.opens-at", { time: dateText(rules.opens_at_us) })]),
    ...rules.increments.map(increment),
    t(`sheet.deposit.${rules.deposit}`),
    ...(rules.sign_off ? [t("sheet.sign-off")] : []),
    ...(rules.proxies ? [t("sheet.proxies")] : []),
    ...(rules.dwell_s ? [t("sheet.dwell", { span: lasting(rules.dwell_s) })] : []),
    ...(rules.delivery_percent ? [t("sheet.delivery", { percent: rules.delivery_percent })] : []),
    t(`sheet.paddles.${rules.paddles}`),
    ...sight(rules.visibility),
    t(rules.reserve_shown ? "sheet.reserve-shown" : "sheet.reserve-secret"),
    rules.reoffers_max ? t("sheet.reoffers", { times: rules.reoffers_max, percent: rules.reoffer_lower_percent }) : t("sheet.no-reoffers"),
    t(`sheet.resume.${rules.resume_for}`),
    ...(rules.mass_loss_percent ? [t("sheet.mass-loss", { percent: rules.mass_loss_percent })] : []),
  ];
}

/** @param {any} rules */
function timed(rules) {
  const { extension } = rules;
  return [
    t(rules.free_s ? "sheet.periods" : "sheet.window", { free: lasting(rules.free_s), window: lasting(rules.window_s) }),
    t(`sheet.extension.${extension.kind}`, {
      within: lasting(extension.within_s),
      by: lasting(extension.by_s),
      shrink: lasting(extension.shrink_s),
      least: lasting(extension.least_s),
      reach: extension.reach_fen === null ? "" : shortYuan(extension.reach_fen),
    }),
    ...(extension.cap_s ? [t("sheet.extension.cap", { cap: lasting(extension.cap_s) })] : []),
    ...(extension.count_max ? [t("sheet.extension.count", { times: extension.count_max })] : []),
    ...(extension.top_k ? [t("sheet.extension.top", { places: extension.top_k })] : []),
    t(`sheet.advance.${rules.advance}`, { pause: lasting(rules.pause_s) }),
  ];
}

/** @param {{from_fen: number, step_fen: number}} band */
function increment({ from_fen, step_fen }) {
  return t(from_fen ? "sheet.increment" : "sheet.increment-first", { from: shortYuan(from_fen), step: shortYuan(step_fen) });
}

/** @param {any} visibility */
function sight(visibility) {
  const { amounts_public, amounts_bidders, counts_public, counts_bidders, lifted } = visibility;
  if (amounts_public === "all" && amounts_bidders === "all" && counts_public && counts_bidders) return [t("sheet.sees.everything")];
  return [
    t(`sheet.bidders-see.${amounts_bidders}`),
    t(`sheet.public-sees.${amounts_public}`),
    ...(counts_bidders ? [] : [t("sheet.bidders-no-counts")]),
    ...(counts_public ? [] : [t("sheet.public-no-counts")]),
    t(`sheet.lifted.${lifted}`),
  ];
}

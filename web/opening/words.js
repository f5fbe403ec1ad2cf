// @ts-check
/** How the things of an opening are called, and how what was bid is written and said. */

import { inLanguage, knows, spoken, t } from "../shared/i18n.js";
import { leftText } from "../shared/ending.js";
import { FEN_MAX, capitals, shortYuan, words, yuan } from "../shared/money.js";

const DAY_US = 86_400_000_000;

/** A span as a clock shows it; above a day, with days: `2 天 03:12:05`. @param {number} us */
export function leftLongText(us) {
  if (us < DAY_US) return leftText(us);
  const days = Math.floor(us / DAY_US);
  const rest = leftText(us - days * DAY_US);
  return t("opening.days", { n: days, rest: rest.includes(".") ? "0:00:00" : rest.split(":").length === 2 ? `0:${rest}` : rest });
}

/** `1:02:03` that has gone by. @param {number} us */
export function elapsedText(us) {
  const seconds = Math.floor(us / 1_000_000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `0.955`. @param {number} permille */
export function coefficientText(permille) {
  return (permille / 1000).toFixed(3);
}

/** A bidder may have sealed in anything: what is no amount is shown as it stands. @param {unknown} value @returns {value is number} */
function isAmount(value) {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= FEN_MAX;
}

/** A field of a sheet as it is written; a dash where it is missing. @param {import("./opening.js").Field} field @param {string | number | undefined} value */
export function valueText({ kind }, value) {
  if (value === undefined || value === null) return "—";
  if (kind === "money" && isAmount(value)) return yuan(value);
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

/** An amount in capitals or in words. @param {string | number | undefined} value */
export function amountWords(value) {
  if (!isAmount(value)) return "";
  return spoken() === "en" ? words(value) : capitals(value);
}

/** As it is said aloud: an amount as a number and its unit, never sign by sign. @param {import("./opening.js").Field} field @param {string | number | undefined} value */
export function valueSaid(field, value) {
  if (field.kind !== "money" || !isAmount(value)) return valueText(field, value);
  const digits = shortYuan(value).replace(/^¥/, "").replaceAll(",", "");
  return t("opening.said.yuan", { digits });
}

/**
 * One bid as it is read out (唱标).
 * @param {import("./opening.js").Tender} tender
 * @param {import("./opening.js").ListedBidder} bid
 * @param {number} at its place in the reading, from 1
 */
export function bidSaid({ fields }, { name, sheet, state }, at) {
  if (!sheet) return t("opening.said.lapsed", { at, name, state: t(`opening.state.${state}`) });
  const said = fields.map((field) => t("opening.said.field", { field: inLanguage(field.title), value: valueSaid(field, sheet[field.name]) }));
  return t("opening.said.bid", { at, name, fields: said.join(spoken() === "en" ? ", " : "，") });
}

/** How a bond stands. @param {string | null} status */
export function depositText(status) {
  return t(`opening.deposit.${status !== null && knows(`opening.deposit.${status}`) ? status : "unknown"}`);
}

/** Why an envelope lapsed. @param {string | null} why */
export function whyText(why) {
  return why !== null && knows(`opening.why.${why}`) ? t(`opening.why.${why}`) : (why ?? "");
}

// @ts-check
/** The sheet of a quota sale in plain sentences, the most important first. Knows no DOM. */

import { t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { lasting } from "../shared/sheet.js";
import { dateText } from "../shared/words.js";
import { className, roundName } from "./words.js";

/**
 * @param {import("./sale.js").Conditions} conditions
 * @returns {string[]}
 */
export function quotaSentences(conditions) {
  const { rounds, floor_fen, step_fen, price_max_fen, first_max_fen, opens_at_us, award, uniform_step_fen } = conditions;
  return [
    ...conditions.classes.map((one) => t("terms.quota", { class: className(one.class), quota: one.quota })),
    t("terms.order"),
    ...(opens_at_us === null ? [] : [t("sheet.opens-at", { time: dateText(opens_at_us) })]),
    ...rounds.map((round, at) => `${t("terms.round", { number: at + 1, name: roundName(round.name), span: lasting(round.span_s) })}${mayDo(round, conditions)}`),
    t("terms.grid", { floor: shortYuan(floor_fen), step: shortYuan(step_fen) }),
    ...(first_max_fen === null ? [] : [t("terms.first-max", { most: shortYuan(first_max_fen) })]),
    ...(price_max_fen === null ? [] : [t("terms.price-max", { most: shortYuan(price_max_fen) })]),
    ...(conditions.upward_only ? [t("terms.upward")] : []),
    ...(rounds.some((round) => round.reach_fen !== null) ? [t("terms.taken-up"), t(conditions.refused_counts ? "terms.refused-counts" : "terms.refused-free")] : []),
    t(`terms.running.${conditions.running}`),
    ...(conditions.running === "average" ? [averages(conditions)] : []),
    t(`terms.award.${award}`, { step: shortYuan(uniform_step_fen ?? 0) }),
    t(`terms.ties.${conditions.ties}`),
    ...conditions.classes.filter((one) => one.reserve === "average").map((one) => t("terms.reserve", { class: className(one.class), first: className(conditions.classes[0].class) })),
    t("terms.resume", { span: lasting(conditions.resume_least_s) }),
    ...(conditions.mass_loss_percent ? [t("terms.mass-loss", { percent: conditions.mass_loss_percent })] : []),
    t(conditions.offers_published ? "terms.published" : "terms.unpublished"),
  ];
}

/** @param {import("../shared/frames.js").RoundRules} round @param {import("./sale.js").Conditions} conditions */
function mayDo({ first_offers, revisions, reach_fen }, { running }) {
  const may = first_offers ? (revisions ? "terms.may.both" : "terms.may.first") : "terms.may.revise";
  const reach = reach_fen === null ? "" : t(running === "cutoff" ? "terms.may.reach" : "terms.may.reach-hidden", { reach: shortYuan(reach_fen) });
  return t(may, { n: revisions }) + reach;
}

/** @param {import("./sale.js").Conditions} conditions */
function averages({ average_at_s, trim_percent }) {
  const times = average_at_s.map(lasting).join(t("list.comma"));
  return t(trim_percent ? "terms.averages-trimmed" : "terms.averages", { times, percent: trim_percent });
}

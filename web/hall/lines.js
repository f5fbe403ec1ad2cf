// @ts-check
/** What the hall's voice says of a moment. */

import { spoken, t } from "../shared/i18n.js";
import { capitals, words } from "../shared/money.js";
import { callText, whoText } from "../shared/words.js";

/** Capitals are for paper; this is how they are said. */
const SAID = Object.fromEntries([..."零壹贰叁肆伍陆柒捌玖拾佰仟"].map((written, i) => [written, [..."零一二三四五六七八九十百千"][i]]));

/** An amount as it is said: `五十二万元`, `five hundred and twenty thousand yuan`. @param {number} fen */
export function amountSaid(fen) {
  if (spoken() === "en") return words(fen);
  const said = [...capitals(fen)].map((written) => SAID[written] ?? written).join("");
  return said.replace(/整$/, "").replace(/^一十/, "十");
}

/**
 * @param {import("../shared/moments.js").Moment[]} told
 * @param {import("../shared/frames.js").BlockPart} block
 * @returns {import("./voice.js").Line}
 */
export function line(told, block) {
  const { lot, plate, price_fen, leader } = block;
  const amount = amountSaid(price_fen ?? block.opening_fen);
  const who = whoText(leader);
  if (told.includes("sold")) return { urgent: true, text: t("voice.sold", { amount, who }) };
  if (told.includes("passed") || told.includes("withdrawn")) return { urgent: true, text: t("herald.ended", { lot, how: t(`lot.${block.phase}`) }) };
  if (told.includes("called")) return { urgent: true, text: t("voice.call", { amount, call: callText(block.calls) }) };
  if (told.includes("opened")) return { urgent: true, text: t("voice.opened", { lot, plate: [...plate].join(" "), amount }) };
  const extended = told.includes("extended") ? t("voice.extended") : "";
  if (told.includes("bid")) return { urgent: false, text: `${t("voice.bid", { amount, who })}${extended}` };
  return { urgent: false, text: extended };
}

// @ts-check
/** What a screen reader must hear at once, whatever it is reading: the calls, the hammer, the end that moved. Told from the picture alone. */

import { t } from "./i18n.js";
import { shortYuan } from "./money.js";
import { callText, whoText } from "./words.js";

/**
 * @param {import("./frames.js").BlockPart | null} block
 * @returns {string} empty if there is nothing that urgent
 */
export function heralded(block) {
  if (!block) return "";
  const amount = block.price_fen === null ? "" : shortYuan(block.price_fen);
  if (block.phase === "sold") return t("herald.sold", { lot: block.lot, amount, who: whoText(block.leader) });
  if (block.phase !== "open") return t("herald.ended", { lot: block.lot, how: t(`lot.${block.phase}`) });
  if (block.calls > 0) return t("herald.call", { call: callText(block.calls), amount });
  return block.extensions ? t("herald.extended", { n: block.extensions }) : "";
}

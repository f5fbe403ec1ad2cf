// @ts-check
/** What must be heard or read at once in a quota sale, told from the picture alone, so that a screen switched on late says what the others say. */

import { inLanguage, t } from "../shared/i18n.js";
import { timeText } from "../shared/words.js";
import { roundOf } from "./sale.js";
import { roundName } from "./words.js";

/** @param {import("./sale.js").Shown} shown */
export function heraldedQuota(shown) {
  const { sale } = shown;
  const round = roundOf(shown);
  if (!sale || sale.phase === "planned") return "";
  if (sale.phase === "suspended") return t("herald.quota.suspended", { reason: sale.suspended ?? "" });
  if (sale.phase === "closed") return t(`herald.quota.${sale.result ?? "provisional"}`);
  return round ? t("herald.quota.round", { name: roundName(round.name), at: timeText(round.ends_at_us) }) : "";
}

/** What is so, and since when: the newest announcement, or the round that runs. @param {import("./sale.js").Shown} shown */
export function quotaSentence(shown) {
  const { sale, parts } = shown;
  const round = roundOf(shown);
  /** @type {import("../shared/frames.js").AnnouncementPart | null | undefined} */
  const said = parts.announcement;
  if (said && said.at_us >= (round?.began_at_us ?? 0) && sale?.phase !== "closed") return `${timeText(said.at_us)} ${inLanguage(said)}`;
  if (sale?.phase === "open") return heraldedQuota(shown);
  return sale ? t(`status.${sale.phase}`) : "";
}

// @ts-check
/** What must be heard or read at once in an opening, told from the picture alone, so that a screen switched on late says what the others say. */

import { inLanguage, t } from "../shared/i18n.js";
import { timeText } from "../shared/words.js";
import { openingOf } from "./opening.js";

/** @param {import("./opening.js").Shown} shown */
export function heraldedOpening(shown) {
  const opening = openingOf(shown);
  if (!shown.sale || !opening) return "";
  if (shown.sale.phase === "suspended") return t("opening.herald.suspended", { reason: shown.sale.suspended ?? "" });
  return opening.stage === "receiving" ? "" : t(`opening.now.${opening.stage}`);
}

/** What is so, and since when: the newest announcement, if it is newer than the stage; else the stage. @param {import("./opening.js").Shown} shown */
export function openingSentence(shown) {
  const opening = openingOf(shown);
  /** @type {import("../shared/frames.js").AnnouncementPart | null | undefined} */
  const said = shown.parts.announcement;
  if (!opening) return "";
  const since_us = opening.read_out_at_us ?? opening.listed_at_us ?? opening.started_at_us ?? opening.closed_at_us ?? 0;
  if (said && said.at_us >= since_us) return `${timeText(said.at_us)} ${inLanguage(said)}`;
  return t(`opening.now.${opening.stage}`);
}

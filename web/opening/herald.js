// @ts-check
/** What must be heard or read at once in an opening, told from the picture alone, so that a screen switched on late says what the others say. */

import { inLanguage, t } from "../shared/i18n.js";
import { timeText } from "../shared/words.js";
import { openingOf, tenderOf } from "./opening.js";

/** @param {import("./opening.js").Shown} shown */
export function heraldedOpening(shown) {
  const opening = openingOf(shown);
  if (!shown.sale || !opening) return "";
  if (shown.sale.phase === "suspended") return t("opening.herald.suspended", { reason: shown.sale.suspended ?? "" });
  return opening.stage === "receiving" ? "" : t(`opening.now.${opening.stage}`);
}

/** What everybody was told since the stage began; else which tender this is. What goes on says the clock. @param {import("./opening.js").Shown} shown */
export function openingSentence(shown) {
  const opening = openingOf(shown);
  /** @type {import("../shared/frames.js").AnnouncementPart | null | undefined} */
  const said = shown.parts.announcement;
  if (!opening) return "";
  const since_us = opening.read_out_at_us ?? opening.listed_at_us ?? opening.started_at_us ?? opening.closed_at_us ?? 0;
  if (said && said.at_us >= since_us) return `${timeText(said.at_us)} ${inLanguage(said)}`;
  const tender = tenderOf(shown);
  return tender ? t("opening.rules.tender", { tender: tender.tender, n: tender.sections.length }) : "";
}

// @ts-check
/** What happened last, told from the picture alone, so that a screen that has just been switched on says what all the others say. */

import { inLanguage, t } from "../shared/i18n.js";
import { eventText, timeText } from "../shared/words.js";

/** @param {Pick<import("../shared/store.js").Store, "sale" | "block" | "parts">} store */
export function sentence({ sale, block, parts }) {
  /** @type {import("../shared/frames.js").AnnouncementPart | null | undefined} */
  const said = parts.announcement;
  const bid = block?.bids.find(({ voided }) => !voided);
  if (said && said.at_us >= (bid?.at_us ?? 0)) return `${timeText(said.at_us)} ${inLanguage(said)}`;
  if (!block || sale?.phase === "closed") return sale ? t(`status.${sale.phase}`) : "";
  const { lot, price_fen, leader: who, leader_channel: channel } = block;
  if (block.phase === "sold") return eventText({ type: "HammerFell", lot, price_fen, who, channel }) ?? "";
  if (block.phase !== "open") return t("herald.ended", { lot, how: t(`lot.${block.phase}`) });
  return eventText(bid ? { type: "BidPlaced", ...bid } : { type: "LotOpened", lot }) ?? "";
}

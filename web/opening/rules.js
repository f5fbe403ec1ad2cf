// @ts-check
/** The conditions of an opening in sentences, for those who wait for it. */

import { inLanguage, spoken, t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { lasting } from "../shared/sheet.js";

/** @param {import("./opening.js").Tender} tender */
export function tenderSentences({ tender, sections, fields, unseal_s, trustees, threshold, remedy, bidders_min }) {
  const listed = (/** @type {string[]} */ names) => names.join(spoken() === "en" ? ", " : "、");
  return [
    t("opening.rules.tender", { tender, n: sections.length }),
    t("opening.rules.read", { fields: listed(fields.map(({ title }) => inLanguage(title))) }),
    t("opening.rules.window", { span: lasting(unseal_s) }),
    t("opening.rules.trustees", { n: trustees.length, threshold, trustees: listed(trustees) }),
    t(remedy ? "opening.rules.remedy" : "opening.rules.no-remedy"),
    t("opening.rules.least", { n: bidders_min }),
    ...sections.flatMap(({ title, ceiling_fen }) => (ceiling_fen === null ? [] : [t("opening.rules.ceiling", { section: inLanguage(title), amount: shortYuan(ceiling_fen) })])),
  ];
}

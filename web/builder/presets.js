// @ts-check
/** Rules to begin from. */

const BANDS = [
  { from_yuan: "0", step_yuan: "200" },
  { from_yuan: "5000", step_yuan: "500" },
  { from_yuan: "20000", step_yuan: "1000" },
  { from_yuan: "50000", step_yuan: "2000" },
];
const SEEN = { amounts_public: "all", amounts_bidders: "all", counts_public: true, counts_bidders: true, lifted: "lot_end" };
const RULES = {
  mode: "rostrum",
  calls: "3",
  opens_at: "",
  dwell_s: "0",
  delivery_percent: "0",
  deposit: "one_lot",
  paddles: "shown",
  sign_off: true,
  proxies: false,
  reserve_shown: true,
  reoffers_max: "0",
  reoffer_lower_percent: "0",
  resume_for: "all",
  mass_loss_percent: "0",
  increments: BANDS,
  visibility: SEEN,
  timed: {
    free_s: "600",
    window_s: "300",
    grace_ms: "300",
    advance: "one_after_another",
    pause_s: "30",
    extension: { kind: "reset", within_s: "300", by_s: "300", cap_s: "", count_max: "", top_k: "", shrink_s: "10", least_s: "30", reach_yuan: "5000" },
  },
};

/** @param {Partial<typeof RULES.timed>} more @param {Partial<typeof RULES.timed.extension>} extension */
function timed(more, extension) {
  return { ...RULES.timed, ...more, extension: { ...RULES.timed.extension, ...extension } };
}

/** @type {Record<string, typeof RULES>} */
export const PRESETS = {
  hall: { ...RULES, dwell_s: "3", delivery_percent: "90", reoffers_max: "1", mass_loss_percent: "30" },
  online: { ...RULES, mode: "timed", proxies: true, mass_loss_percent: "30" },
  livestock: {
    ...RULES,
    mode: "timed",
    timed: timed({ free_s: "3600", window_s: "180", advance: "together" }, { kind: "shrinking", by_s: "180", shrink_s: "15", least_s: "30" }),
  },
  sealed: {
    ...RULES,
    mode: "timed",
    paddles: "masked_until_closed",
    reserve_shown: false,
    timed: timed({ free_s: "86400", window_s: "3600", advance: "together" }, { kind: "none" }),
    visibility: { amounts_public: "none", amounts_bidders: "own", counts_public: false, counts_bidders: false, lifted: "lot_end" },
  },
};

/** A new form, as for a sale in the hall. */
export function newForm() {
  return { sale: { id: "", title_zh: "", title_en: "" }, rules: PRESETS.hall };
}

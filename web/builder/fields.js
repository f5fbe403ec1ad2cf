// @ts-check
/**
 * The fields of the form, where each stands in the notice, and when it means anything. Knows no DOM.
 *
 * @typedef {{at: string, kind: "number" | "text" | "choice" | "truth" | "instant", choices?: string[], unit?: string, when?: (form: any) => boolean}} Field
 */

/** @param {any} form */
const timed = (form) => form.rules.mode === "timed";
/** @param {any} form */
const rostrum = (form) => !timed(form);

/** The fields that each kind of extension needs, and those it may have. */
export const EXTENSION = /** @type {Record<string, string[]>} */ ({
  none: [],
  reset: ["within_s", "by_s", "cap_s", "count_max", "top_k"],
  top_up: ["by_s", "cap_s", "count_max", "top_k"],
  add: ["within_s", "by_s", "cap_s", "count_max", "top_k"],
  shrinking: ["by_s", "shrink_s", "least_s", "cap_s", "count_max"],
  price_window: ["within_s", "reach_yuan"],
});

const UNITS = /** @type {Record<string, string>} */ ({ count_max: "times", top_k: "places", reach_yuan: "yuan" });

/** @type {Field[]} */
const EXTENSION_FIELDS = [...new Set(Object.values(EXTENSION).flat())].map((name) => ({
  at: `rules.timed.extension.${name}`,
  kind: "number",
  unit: UNITS[name] ?? "seconds",
  when: (form) => timed(form) && EXTENSION[form.rules.timed.extension.kind].includes(name),
}));

/** @type {Record<string, Field[]>} */
export const GROUPS = {
  sale: [
    { at: "sale.id", kind: "text" },
    { at: "sale.title_zh", kind: "text" },
    { at: "sale.title_en", kind: "text" },
    { at: "rules.opens_at", kind: "instant" },
  ],
  conduct: [
    { at: "rules.mode", kind: "choice", choices: ["rostrum", "timed"] },
    { at: "rules.calls", kind: "number", unit: "times", when: rostrum },
    { at: "rules.dwell_s", kind: "number", unit: "seconds", when: rostrum },
    { at: "rules.delivery_percent", kind: "number", unit: "percent", when: rostrum },
    { at: "rules.timed.free_s", kind: "number", unit: "seconds", when: timed },
    { at: "rules.timed.window_s", kind: "number", unit: "seconds", when: timed },
    { at: "rules.timed.grace_ms", kind: "number", unit: "milliseconds", when: timed },
    { at: "rules.timed.advance", kind: "choice", choices: ["by_hand", "one_after_another", "together"], when: timed },
    { at: "rules.timed.pause_s", kind: "number", unit: "seconds", when: (form) => timed(form) && form.rules.timed.advance === "one_after_another" },
    { at: "rules.timed.extension.kind", kind: "choice", choices: Object.keys(EXTENSION), when: timed },
    ...EXTENSION_FIELDS,
  ],
  bidders: [
    { at: "rules.deposit", kind: "choice", choices: ["one_lot", "whole_sale"] },
    { at: "rules.paddles", kind: "choice", choices: ["shown", "masked_until_closed", "masked"] },
    { at: "rules.sign_off", kind: "truth" },
    { at: "rules.proxies", kind: "truth" },
    { at: "rules.reserve_shown", kind: "truth" },
  ],
  exceptions: [
    { at: "rules.reoffers_max", kind: "number", unit: "times" },
    { at: "rules.reoffer_lower_percent", kind: "number", unit: "percent", when: (form) => Number(form.rules.reoffers_max) > 0 },
    { at: "rules.resume_for", kind: "choice", choices: ["all", "who_had_bid"] },
    { at: "rules.mass_loss_percent", kind: "number", unit: "percent" },
  ],
};

/** Who sees what: one row of the matrix each; the two columns are the public and the bidders. */
export const SIGHT = /** @type {Field[][]} */ ([
  [
    { at: "rules.visibility.amounts_public", kind: "choice", choices: ["all", "leading", "none"] },
    { at: "rules.visibility.amounts_bidders", kind: "choice", choices: ["all", "leading", "own", "rank", "none"] },
  ],
  [
    { at: "rules.visibility.counts_public", kind: "truth" },
    { at: "rules.visibility.counts_bidders", kind: "truth" },
  ],
]);

/** @type {Field} */
export const LIFTED = { at: "rules.visibility.lifted", kind: "choice", choices: ["lot_end", "sale_end", "never"] };

const ALL = [...Object.values(GROUPS).flat(), ...SIGHT.flat(), LIFTED];

/** @param {any} form @param {string} at */
export function valueAt(form, at) {
  return at.split(".").reduce((inner, name) => inner?.[name], form);
}

/** The same form with another value at one place. @param {any} form @param {string} at @param {unknown} value @returns {any} */
export function withValue(form, at, value) {
  const [name, ...rest] = at.split(".");
  return { ...form, [name]: rest.length ? withValue(form[name], rest.join("."), value) : value };
}

/** What the form says as the notice says it: empty fields and those that mean nothing here are left out. @param {any} form */
export function noticeOf(form) {
  /** @type {any} */
  let notice = { sale: {}, rules: { visibility: {} } };
  if (timed(form)) notice.rules.timed = { extension: {} };
  for (const field of ALL) {
    if (field.when && !field.when(form) && field.at !== "rules.calls") continue;
    notice = withValue(notice, field.at, said(field, valueAt(form, field.at)));
  }
  const increments = form.rules.increments.map((/** @type {any} */ band) => ({ from_yuan: whole(band.from_yuan), step_yuan: whole(band.step_yuan) }));
  return { ...notice, rules: { ...notice.rules, increments } };
}

/** @param {Field} field @param {any} value */
function said({ kind }, value) {
  if (value === "" || value === undefined || value === null) return null;
  if (kind === "number") return whole(value);
  return kind === "instant" ? `${value}:00+08:00` : value;
}

/** Digits as a number; anything else as it was typed, for the house to say what is wrong with it. @param {string | number} typed */
function whole(typed) {
  const text = String(typed).trim();
  if (text === "") return null;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

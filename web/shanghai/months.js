// @ts-check
/** The published months as a page needs them: where each stands in time, how a figure ran, and what it says in one sentence. Knows no DOM. */

/**
 * @typedef {{month: string, plates: number, bidders: number, lowest_fen: number, average_fen: number, hit_permille: number, doubt: string | null}} Month
 * @typedef {{month: string}} Dated
 */

/** So many months are long enough to name years under them. */
const YEARS_FROM = 48;

/** Months since January of the year 0. @param {string} month */
export function place(month) {
  const [year, number] = month.split("-").map(Number);
  return year * 12 + number - 1;
}

/**
 * A figure over time, from 0 (the first month) to 1 (the last), cut where months are missing.
 * @template {{month: string}} T
 * @param {T[]} months
 * @param {(month: T) => number} of
 * @returns {{x: number, value: number, month: T}[][]}
 */
export function runs(months, of) {
  /** @type {{x: number, value: number, month: T}[][]} */
  const made = [];
  months.forEach((month, at) => {
    const point = { x: across(months, month), value: of(month), month };
    const follows = at > 0 && place(month.month) === place(months[at - 1].month) + 1;
    if (follows) made[made.length - 1].push(point);
    else made.push([point]);
  });
  return made;
}

/** Where a month stands between the first (0) and the last (1). @param {Dated[]} months @param {Dated} month */
export function across(months, month) {
  const first = place(months[0].month);
  return (place(month.month) - first) / Math.max(1, place(months[months.length - 1].month) - first);
}

/** Every fourth January that is shown, and where it stands. @param {Dated[]} months */
export function years(months) {
  const first = place(months[0].month);
  const last = place(months[months.length - 1].month);
  const made = [];
  for (let year = Math.ceil(first / 12); year * 12 <= last; year += 4) made.push({ year, x: (year * 12 - first) / Math.max(1, last - first) });
  return made;
}

/** What is written under the months: years, or, where there are too few, the first and the last month. @param {Dated[]} months */
export function marks(months) {
  const [first, last] = [months[0], months[months.length - 1]];
  if (place(last.month) - place(first.month) >= YEARS_FROM) return years(months).map(({ year, x }) => ({ text: String(year), x }));
  return [first, last].map((month) => ({ text: month.month, x: across(months, month) }));
}

/** The month nearest to a place between 0 and 1. @param {Dated[]} months @param {number} x */
export function nearest(months, x) {
  return months.reduce((best, _, at) => (Math.abs(across(months, months[at]) - x) < Math.abs(across(months, months[best]) - x) ? at : best), 0);
}

/** The months with the least and the greatest value. @template {Dated} T @param {T[]} months @param {(month: T) => number} of */
export function extremes(months, of) {
  const least = months.reduce((best, month) => (of(month) < of(best) ? month : best));
  const most = months.reduce((best, month) => (of(month) > of(best) ? month : best));
  return { least, most };
}

/** Plates to a hundred bidders: `7.6%`. @param {Month} month */
export function hitText(month) {
  return `${(month.hit_permille / 10).toFixed(1)}%`;
}

// @ts-check
/** Which lines of `/api/quota` a page of months shows, and which columns they need. Knows no DOM. */

/**
 * @typedef {{month: string | null, sale: string, title: {zh: string, en: string}, phase: string, final: boolean, opened_at_us: number | null, class: string, quota: number,
 *   offers: number | null, winners: number | null, share: string | null, lowest_fen: number | null, lowest_at_us: number | null, average_fen: number | null,
 *   uniform_fen: number | null, drawn: number | null}} Line
 * @typedef {Line & {month: string, lowest_fen: number, average_fen: number, offers: number}} Priced
 */

/** Only what is over has a result; the newest last, as the house sends them. @param {Line[]} lines */
export function over(lines) {
  return lines.filter(({ phase, month }) => phase === "closed" && month !== null);
}

/** What can be plotted, class by class; one month alone makes no course. @param {Line[]} lines @returns {{name: string, months: Priced[]}[]} */
export function courses(lines) {
  const names = [...new Set(lines.map((line) => line.class))];
  return names
    .map((name) => ({ name, months: /** @type {Priced[]} */ (lines.filter((line) => line.class === name && line.lowest_fen !== null && line.average_fen !== null)) }))
    .filter(({ months }) => new Set(months.map(({ month }) => month)).size > 1);
}

/** Which columns say something. @param {Line[]} lines */
export function columns(lines) {
  return {
    classes: new Set(lines.map((line) => line.class)).size > 1,
    uniform: lines.some(({ uniform_fen }) => uniform_fen !== null),
    drawn: lines.some(({ drawn }) => drawn),
  };
}

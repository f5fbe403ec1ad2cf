// @ts-check
/** Where a scale ends, and what part of a whole something is. Knows no DOM. */

/** @param {number} part @param {number} whole */
export function percent(part, whole) {
  return whole ? `${((part * 100) / whole).toFixed(1)}%` : "—";
}

/**
 * The end of a scale: the least round number that is not below `value`, and into how many parts it goes without breaking ones.
 * @param {number} value
 */
export function scaleFor(value) {
  if (value <= 4) return { most: 4, parts: 4 };
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [1, 2, 4, 5, 8].find((round) => round * power >= value) ?? 10;
  return { most: digit * power, parts: digit % 5 === 0 || digit === 1 ? 5 : 4 };
}

// @ts-check
/** Finding a paddle by its number. */

/**
 * The paddles whose number begins with what was typed, the one that is meant exactly first.
 * @template {{paddle: number}} P
 * @param {P[]} paddles
 * @param {string} typed
 * @returns {P[]}
 */
export function found(paddles, typed) {
  const number = typed.normalize("NFKC").trim().replace(/^0+(?=\d)/, "");
  const begun = paddles.filter(({ paddle }) => String(paddle).startsWith(number));
  return [...begun.filter(({ paddle }) => String(paddle) === number), ...begun.filter(({ paddle }) => String(paddle) !== number)];
}

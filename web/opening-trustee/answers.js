// @ts-check
/**
 * A trustee's answers as `luochui hall answers` prints them, ready to be given: only what is wanted, a few at a time. The share itself never comes here.
 *
 * @typedef {{section: string, bidder: number, half: "hall" | "remedy", manifest?: string}} Wanted
 * @typedef {{half: string, answers: {section: string, bidder: number, answer: string}[]}} Batch
 */

/** So many answers the house takes in one frame. */
export const AT_ONCE = 4;

/**
 * @param {string} text
 * @param {Wanted[]} wanted
 * @returns {Batch[] | null} null where it cannot be read; empty where nothing in it is wanted
 */
export function batchesOf(text, wanted) {
  const given = read(text);
  if (given === null) return null;
  /** @type {Batch[]} */
  const batches = [];
  for (const { section, bidder, half, answer } of given) {
    if (!wanted.some((one) => one.section === section && one.bidder === bidder && one.half === half)) continue;
    const open = batches.find((batch) => batch.half === half && batch.answers.length < AT_ONCE);
    if (open) open.answers.push({ section, bidder, answer });
    else batches.push({ half, answers: [{ section, bidder, answer }] });
  }
  return batches;
}

/** @param {string} text @returns {(Wanted & {answer: string})[] | null} */
function read(text) {
  try {
    const { answers } = JSON.parse(text);
    return Array.isArray(answers) && answers.every(({ section, bidder, half, answer }) => [section, half, answer].every((one) => typeof one === "string") && Number.isInteger(bidder)) ? answers : null;
  } catch {
    return null;
  }
}

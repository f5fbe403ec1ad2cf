// @ts-check
/**
 * What may be offered now, as far as it is known here. The house decides by what holds when an offer is taken up; this saves the bidder a refusal
 * and a revision. Knows no DOM.
 *
 * @typedef {import("./sale.js").Conditions} Conditions
 * @typedef {import("./sale.js").Running} Running
 * @typedef {import("./sale.js").Mine} Mine
 * @typedef {{first: boolean, moves: boolean, least_fen: number | null, most_fen: number | null, floor_fen: number, step_fen: number}} Reach
 *   `moves`: the bounds follow the cut-off price; null: unbounded there
 */

/**
 * @param {{conditions: Conditions | undefined, round: import("./sale.js").Round | null, running: Running | undefined, mine: Mine | null}} known
 * @returns {Reach | null} null while nothing may be offered
 */
export function reachOf({ conditions, round, running, mine }) {
  if (!conditions || !mine?.may_offer || !round?.taking) return null;
  const { floor_fen, step_fen } = conditions;
  const first = mine.offer === null;
  const moves = !first && round.reach_fen !== null && running?.least_fen !== null && running?.least_fen !== undefined;
  const bounds = moves && running ? running : mine;
  const standing_fen = mine.offer?.amount_fen ?? 0;
  const raised_fen = conditions.upward_only && !first ? standing_fen + step_fen : 0;
  return { first, moves, least_fen: Math.max(bounds.least_fen ?? floor_fen, raised_fen), most_fen: bounds.most_fen, floor_fen, step_fen };
}

/**
 * Why an amount would be refused, or null.
 * @param {number} fen
 * @param {Reach} reach
 * @returns {{key: string, values: Record<string, number>} | null} a locale key, and amounts in fen for its sentence
 */
export function faultOf(fen, { first, least_fen, most_fen, floor_fen, step_fen }) {
  if (least_fen !== null && fen < least_fen) return { key: most_fen === null || first ? "offer.too-low" : "offer.out-of-reach", values: bounds(least_fen, most_fen) };
  if (most_fen !== null && fen > most_fen) return { key: first ? "offer.too-high" : "offer.out-of-reach", values: bounds(least_fen ?? floor_fen, most_fen) };
  const over_fen = (fen - floor_fen) % step_fen;
  if (over_fen) return { key: "offer.between", values: { below_fen: fen - over_fen, above_fen: fen - over_fen + step_fen } };
  return null;
}

/** @param {number} least_fen @param {number | null} most_fen */
function bounds(least_fen, most_fen) {
  return { least_fen, most_fen: most_fen ?? least_fen };
}

/**
 * The next price a step up or down, within what may be offered.
 * @param {number | null} fen where one stands; null: nowhere yet
 * @param {number} steps so many up, or down if less than nought
 * @param {Reach} reach
 * @param {number | null} from_fen where to begin if nowhere
 */
export function stepped(fen, steps, { least_fen, most_fen, floor_fen, step_fen }, from_fen) {
  const least = onGrid(least_fen ?? floor_fen, floor_fen, step_fen, Math.ceil);
  const most = most_fen === null ? Infinity : onGrid(most_fen, floor_fen, step_fen, Math.floor);
  const grid = steps > 0 ? Math.floor : Math.ceil;
  const next = fen === null ? onGrid(from_fen ?? least, floor_fen, step_fen, Math.ceil) : onGrid(fen, floor_fen, step_fen, grid) + steps * step_fen;
  return Math.max(least, Math.min(most, next));
}

/**
 * @param {number} fen
 * @param {number} floor_fen
 * @param {number} step_fen
 * @param {(ratio: number) => number} rounded
 */
function onGrid(fen, floor_fen, step_fen, rounded) {
  return floor_fen + rounded((fen - floor_fen) / step_fen) * step_fen;
}

/**
 * Whether this is the only offer the rules leave, so that it is asked back first.
 * @param {{round: import("./sale.js").Round | null, mine: Mine | null}} known
 */
export function onlyOne({ round, mine }) {
  if (!round || !mine) return false;
  return mine.offer === null ? round.revisions === 0 : round.revisions === 1;
}

/**
 * Whether an offer is inside now: the cut-off moves between two words of the house to this bidder.
 * @param {Mine | null} mine
 * @param {Running | undefined} running
 * @returns {boolean | null} null where it is not told
 */
export function insideOf(mine, running) {
  if (!mine?.offer || mine.inside === null) return null;
  const { cutoff_fen, cutoff_at_us } = running ?? {};
  if (cutoff_fen === null || cutoff_fen === undefined) return mine.inside;
  if (cutoff_at_us === null || cutoff_at_us === undefined || mine.offer.amount_fen > cutoff_fen) return true;
  if (mine.offer.amount_fen < cutoff_fen) return false;
  return mine.offer.at_us === cutoff_at_us ? mine.inside : mine.offer.at_us < cutoff_at_us;
}

/**
 * Where prices stand on a line across the window, each from 0 to 1; what lies beyond is pressed to the end and marked.
 * @param {{least_fen: number, most_fen: number}} window
 * @param {number} fen
 * @returns {{at: number, beyond: -1 | 0 | 1}}
 */
export function placed({ least_fen, most_fen }, fen) {
  const margin = Math.max(1, (most_fen - least_fen) / 4);
  const at = (fen - (least_fen - margin)) / (most_fen - least_fen + 2 * margin);
  return { at: Math.max(0, Math.min(1, at)), beyond: at < 0 ? -1 : at > 1 ? 1 : 0 };
}

// @ts-check
/**
 * A record's header, read by its one spelling. Not by `JSON.parse`: its times are in nanoseconds, more than a JavaScript number holds, and what is
 * spelled in any other way is no header.
 *
 * @typedef {{arrived_at: bigint, recorded_at: bigint, command: string, outcome: string, prev: string, epoch: string, sale: string, seq: number}} Header
 */

const DIGEST = "([0-9a-f]{64})";
const WHOLE = "(0|[1-9][0-9]*)";
const SPELLING = new RegExp(
  `^\\{"arrived_at":${WHOLE},"command":"${DIGEST}","epoch":${WHOLE},"outcome":"${DIGEST}","prev":"${DIGEST}","recorded_at":${WHOLE},` +
    `"sale":("(?:[^"\\\\]|\\\\.)*"),"seq":${WHOLE}\\}$`,
);

/** @param {string} text @returns {Header | null} */
export function readHeader(text) {
  const match = SPELLING.exec(text);
  if (!match) return null;
  const [, arrived_at, command, epoch, outcome, prev, recorded_at, sale, seq] = match;
  return {
    arrived_at: BigInt(arrived_at),
    recorded_at: BigInt(recorded_at),
    command,
    outcome,
    prev,
    epoch,
    sale: JSON.parse(sale),
    seq: Number(seq),
  };
}

// @ts-check
/**
 * An instant of the record as people compare it: date, time of day and microseconds at the house (UTC+8). Nanoseconds come as a bigint.
 * @param {bigint} nanoseconds
 */
export function microText(nanoseconds) {
  const micros = nanoseconds / 1000n;
  const day = new Date(Number(micros / 1000n) + 8 * 3600 * 1000).toISOString();
  return `${day.slice(0, 10)} ${day.slice(11, 23)} ${String(micros % 1000n).padStart(3, "0")}`;
}

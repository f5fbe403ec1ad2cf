// @ts-check
/** Money is a whole number of fen everywhere; it becomes text here, and typed yuan become fen here. */

/** The greatest amount a frame may hold, in fen. */
export const FEN_MAX = 10 ** 13;

/**
 * `¥1,050,000.00`
 * @param {number} fen
 */
export function yuan(fen) {
  const sign = fen < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(fen) / 100);
  const rest = String(Math.abs(fen) % 100).padStart(2, "0");
  return `${sign}¥${grouped(whole)}.${rest}`;
}

/**
 * `¥1,050,000`, with the fen only where there are some: for prices that are read from afar.
 * @param {number} fen
 */
export function shortYuan(fen) {
  return fen % 100 === 0 ? yuan(fen).slice(0, -3) : yuan(fen);
}

/** @param {number} whole */
function grouped(whole) {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * Fen of what a person typed as yuan, or null where it is no price. Commas, spaces, ￥ and full-width digits are read over; at most two places.
 * @param {string} typed
 * @returns {number | null}
 */
export function fenOf(typed) {
  const plain = typed.normalize("NFKC").replace(/[\s,，¥元]/g, "");
  const match = /^(\d{1,11})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  const fen = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return fen > 0 && fen <= FEN_MAX ? fen : null;
}

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿"];

/**
 * The amount in capitals (人民币大写), as on a confirmation of sale: `壹佰零伍万元整`.
 * @param {number} fen 0 ≤ fen ≤ 10^13
 */
export function capitals(fen) {
  const whole = Math.floor(fen / 100);
  const jiao = Math.floor(fen / 10) % 10;
  const cents = fen % 10;
  if (fen === 0) return "零元整";
  let text = whole ? `${capitalNumber(whole)}元` : "";
  if (jiao) text += `${DIGITS[jiao]}角`;
  else if (cents && whole) text += "零";
  if (cents) return `${text}${DIGITS[cents]}分`;
  return `${text}整`;
}

/**
 * Whole numbers are read in groups of four; a gap, or a group below a thousand after a higher one, is read as one 零.
 * @param {number} number
 */
function capitalNumber(number) {
  let text = "";
  let gap = false;
  for (let group = 2; group >= 0; group--) {
    const four = Math.floor(number / 10 ** (4 * group)) % 10 ** 4;
    if (four === 0) {
      gap = text !== "";
      continue;
    }
    if (text && (gap || four < 1000)) text += DIGITS[0];
    text += capitalFour(four) + GROUPS[group];
    gap = false;
  }
  return text;
}

/** @param {number} four 1…9999 */
function capitalFour(four) {
  let text = "";
  let gap = false;
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(four / 10 ** place) % 10;
    if (digit === 0) {
      gap = text !== "";
      continue;
    }
    if (gap) text += DIGITS[0];
    text += DIGITS[digit] + PLACES[place];
    gap = false;
  }
  return text;
}

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const THOUSANDS = ["", " thousand", " million", " billion"];

/**
 * The amount in English words: `one hundred and five thousand yuan`.
 * @param {number} fen
 */
export function words(fen) {
  const whole = Math.floor(fen / 100);
  const rest = fen % 100;
  const text = `${wordNumber(whole)} yuan`;
  return rest ? `${text} and ${String(rest).padStart(2, "0")}/100` : text;
}

/** @param {number} number */
function wordNumber(number) {
  if (number === 0) return ONES[0];
  /** @type {string[]} */
  const parts = [];
  for (let group = 3; group >= 0; group--) {
    const three = Math.floor(number / 10 ** (3 * group)) % 1000;
    if (!three) continue;
    const bare = group === 0 && three < 100 && parts.length > 0;
    parts.push(`${bare ? "and " : ""}${wordThree(three)}${THOUSANDS[group]}`);
  }
  return parts.join(" ");
}

/** @param {number} three 1…999 */
function wordThree(three) {
  const hundreds = Math.floor(three / 100);
  const rest = three % 100;
  const small = rest < 20 ? ONES[rest] : TENS[Math.floor(rest / 10)] + (rest % 10 ? `-${ONES[rest % 10]}` : "");
  if (!hundreds) return small;
  return `${ONES[hundreds]} hundred${rest ? ` and ${small}` : ""}`;
}

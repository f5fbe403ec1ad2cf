// @ts-check
/**
 * One spelling for everything that is hashed or sent: keys sorted by code point, no white space, UTF-8 without needless escapes, whole numbers.
 *
 * JavaScript would sort keys by UTF-16 unit and spell half a surrogate pair as an escape; both would differ from the house, so the first is
 * done here by code point and the second is refused.
 */

/**
 * @param {unknown} value
 * @returns {string}
 */
export function canonical(value) {
  if (value === null) return "null";
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      if (!Number.isSafeInteger(value)) throw new TypeError("only whole numbers have one spelling");
      return Object.is(value, -0) ? "0" : String(value);
    case "bigint":
      return String(value);
    case "string":
      return quoted(value);
    case "object":
      if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
      return object(/** @type {Record<string, unknown>} */ (value));
    default:
      throw new TypeError(`no JSON for ${typeof value}`);
  }
}

/** @param {Record<string, unknown>} value */
function object(value) {
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(byCodePoint);
  return `{${keys.map((key) => `${quoted(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** @param {string} text */
function quoted(text) {
  if (/[\uD800-\uDFFF]/u.test(text)) throw new TypeError("half a surrogate pair has no UTF-8");
  return JSON.stringify(text);
}

/**
 * @param {string} a
 * @param {string} b
 */
function byCodePoint(a, b) {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const by = /** @type {number} */ (left[i].codePointAt(0)) - /** @type {number} */ (right[i].codePointAt(0));
    if (by) return by;
  }
  return left.length - right.length;
}

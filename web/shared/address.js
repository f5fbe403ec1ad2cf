// @ts-check
/** What the address says: which sale, and, once, the token. */

/** The sale of `/sales/{sale}/…`. */
export function saleOf(path = location.pathname) {
  const match = /^\/sales\/([^/]+)\//.exec(path);
  return match ? decodeURIComponent(match[1]) : "";
}

/** @param {string} sale */
function tokenKey(sale) {
  return `luochui/token/${sale}${location.pathname}`;
}

/**
 * Moves a token out of the address into this tab's memory, at once: nobody shall read it over a shoulder, copy it with the address or find it in
 * the history.
 * @param {string} sale
 * @returns {boolean} whether there was one
 */
export function takeToken(sale) {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return false;
  history.replaceState(history.state, "", location.pathname + location.search);
  sessionStorage.setItem(tokenKey(sale), token);
  return true;
}

/** @param {string} sale */
export function heldToken(sale) {
  return sessionStorage.getItem(tokenKey(sale));
}

// @ts-check
/** Keys of a page. They rest while someone types, while a question is open, and while a key is held down. */

/** @typedef {{key: string, says: string, run: () => void}} Key `says` is a locale key */

/**
 * @param {() => Key[]} keys asked anew at every stroke
 * @returns {() => void} how to stop
 */
export function listenToKeys(keys) {
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target instanceof Element && event.target.closest('input:not([type="range"]), textarea, select, [contenteditable]')) return;
    const found = keys().find(({ key }) => key === event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    found.run();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

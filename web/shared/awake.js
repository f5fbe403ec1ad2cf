// @ts-check
/** Keeps the screen from going dark while a sale is watched; where the browser does not offer it, nothing happens. */

export function stayAwake() {
  const ask = () => {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

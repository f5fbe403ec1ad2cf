// @ts-check
/** A screen nobody stands at: no menu, no marked text, no pointer left lying on the price. */

const RESTS_MS = 3_000;

/** @param {Document} page */
export function hangOnTheWall(page) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  const root = page.documentElement;
  const stir = () => {
    delete root.dataset.idle;
    clearTimeout(resting);
    resting = setTimeout(() => (root.dataset.idle = ""), RESTS_MS);
  };
  for (const kind of ["pointermove", "pointerdown", "keydown"]) page.addEventListener(kind, stir);
  for (const kind of ["contextmenu", "selectstart", "dragstart"]) page.addEventListener(kind, (event) => event.preventDefault());
  stir();
}

export function toggleFullScreen() {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => {}); // The browser would not: the page is as good without.
}

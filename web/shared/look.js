// @ts-check
/** Colours and size of type as last chosen here, before anything is drawn: no module, so that no page flashes up in the wrong ones. */
try {
  for (const name of ["theme", "type"]) {
    const kept = localStorage.getItem(`luochui/${name}`);
    if (kept) document.documentElement.dataset[name] = kept;
  }
} catch {
  // Nothing can be kept here, so nothing was.
}

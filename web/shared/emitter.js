// @ts-check
/**
 * The smallest thing that can be listened to.
 * @template {Record<string, any>} Events
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(value: any) => void>>} */
  #listeners = new Map();

  /**
   * Calls `listener` with every `kind` from now on; returns how to stop.
   * @template {keyof Events} Kind
   * @param {Kind} kind
   * @param {(value: Events[Kind]) => void} listener
   * @returns {() => void}
   */
  on(kind, listener) {
    const known = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, known.add(listener));
    return () => void known.delete(listener);
  }

  /**
   * @template {keyof Events} Kind
   * @param {Kind} kind
   * @param {Events[Kind]} value
   */
  emit(kind, value) {
    for (const listener of [...(this.#listeners.get(kind) ?? [])]) listener(value);
  }
}

// @ts-check
/**
 * An envelope that the house has and that was not submitted yet: its manifest, signature and certificates, all of them for everybody to read at the opening. Kept so
 * that a closed lid between upload and submission costs nothing.
 *
 * @typedef {{section: string, version: number, manifest: string, signature: string, signing: string, encryption: string}} KeptEnvelope both certificates
 *   are DER, hexadecimal
 */
export class Kept {
  #storage;
  #prefix;

  /** @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} storage @param {string} sale @param {string} asker */
  constructor(storage, sale, asker) {
    this.#storage = storage;
    this.#prefix = `luochui/envelope/${sale}/${asker}/`;
  }

  /** @param {KeptEnvelope} envelope */
  keep(envelope) {
    this.#storage.setItem(this.#prefix + envelope.section, JSON.stringify(envelope));
  }

  /**
   * The one of a section, if it is the next to be submitted there; an older one is forgotten.
   * @param {string} section
   * @param {number} version the next
   * @returns {KeptEnvelope | null}
   */
  next(section, version) {
    const text = this.#storage.getItem(this.#prefix + section);
    /** @type {KeptEnvelope | null} */
    const found = text === null ? null : JSON.parse(text);
    if (found && found.version < version) this.forget(section);
    return found?.version === version ? found : null;
  }

  /** @param {string} section */
  forget(section) {
    this.#storage.removeItem(this.#prefix + section);
  }
}

// @ts-check
/** What an envelope is sealed for: everything that would make another's, or yesterday's, envelope a different one. */
import { join } from "../shared/bytes.js";
import { lengthed, u32 } from "./bytes.js";
import { SealFault } from "./fault.js";

export const FORMAT = "luochui-seal-1";
export const VERSION_MAX = 999;

/** @typedef {{tender: string, section: string, bidder: string, version: number}} Names */

export class Context {
  /**
   * @param {import("./suites.js").Suite} suite
   * @param {Names} names
   */
  constructor(suite, names) {
    for (const field of /** @type {const} */ (["tender", "section", "bidder"]))
      if (!/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/.test(names[field]))
        throw new SealFault("E_SEAL_MANIFEST", { where: field });
    if (!Number.isInteger(names.version) || names.version < 1 || names.version > VERSION_MAX)
      throw new SealFault("E_SEAL_MANIFEST", { where: "version" });
    this.suite = suite;
    this.names = names;
  }

  /** `ctx`, 32 bytes. */
  digest() {
    const { tender, section, bidder, version } = this.names;
    return this.suite.hash(...[FORMAT, this.suite.name, tender, section, bidder].map(lengthed), u32(version));
  }

  /** The `info` of a key wrapped or derived for `what`. @param {string} what */
  async purpose(what) {
    return join(lengthed(FORMAT), lengthed(what), await this.digest());
  }
}

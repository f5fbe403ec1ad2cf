// @ts-check
/** The tender's hall key, as its statement says: to it the hall's half is wrapped, and trustees open it together. */
import { fromHex, toHex, utf8 } from "../shared/bytes.js";
import { FORMAT } from "./context.js";
import { SealFault } from "./fault.js";
import { checkPoint, spkiOf } from "./keys.js";
import { fields, octets, read, text } from "./spelling.js";
import { suiteNamed } from "./suites.js";

const TRUSTEES_MAX = 9;
const HALL_BYTES_MAX = 8192;
const POINT = 65;

/**
 * @typedef {object} Hall
 * @property {import("./suites.js").Suite} suite
 * @property {string} tender
 * @property {string[]} trustees
 * @property {number} threshold so many of the trustees open together
 * @property {Uint8Array} spki of the public key
 * @property {string} digest of the statement, in hexadecimal
 */

/**
 * Throws SealFault if the statement is not exactly as the format asks.
 * @param {string} statement
 * @returns {Promise<Hall>}
 */
export async function readHall(statement) {
  const names = ["format", "suite", "tender", "trustees", "commitments"];
  const said = fields(read(statement, HALL_BYTES_MAX, "hall key"), names, "hall key");
  if (said.format !== `${FORMAT} hall`) throw new SealFault("E_SEAL_MANIFEST", { where: "format" });
  const suite = suiteNamed(said.suite);
  const [trustees, commitments] = [texts(said.trustees, "trustees"), texts(said.commitments, "commitments")];
  const counted = commitments.length >= 2 && commitments.length <= trustees.length && trustees.length <= TRUSTEES_MAX;
  if (!counted || new Set(trustees).size !== trustees.length) throw new SealFault("E_SEAL_MANIFEST", { where: "trustees" });
  for (const point of commitments) await checkPoint(suite.curve, octets(point, "commitments", POINT, POINT));
  return {
    suite,
    tender: text(said.tender, "tender", 64),
    trustees,
    threshold: commitments.length,
    spki: spkiOf(suite.curve, fromHex(commitments[0])),
    digest: toHex(await suite.hash(utf8(statement))),
  };
}

/** @param {any} value @param {string} where */
function texts(value, where) {
  if (!Array.isArray(value)) throw new SealFault("E_SEAL_MANIFEST", { where });
  return value.map((one) => text(one, where));
}

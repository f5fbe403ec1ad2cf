// @ts-check
/** The manifest of an envelope: what the bidder signs. */
import { join, utf8 } from "../shared/bytes.js";
import { Context, FORMAT, VERSION_MAX } from "./context.js";
import { SealFault } from "./fault.js";
import { checkPoint } from "./keys.js";
import { PART_CHUNKS_MAX, PART_NAMES } from "./parts.js";
import { fields, octets, read, text, whole } from "./spelling.js";
import { suiteNamed } from "./suites.js";

const MANIFEST_BYTES_MAX = 8192;
const DIGEST = 32;
const POINT = 65;
const WRAPPED_BYTES_MAX = 512;
const DIGESTS = ["hall", "signing", "encryption", "kc", "half_own", "half_hall"];
const NAMES = ["format", "suite", "tender", "section", "bidder", "version", "parts", ...DIGESTS, "wrap_own", "wrap_hall"];

/**
 * @typedef {object} Manifest
 * @property {string} text its one spelling
 * @property {Context} context
 * @property {import("./parts.js").Part[]} parts
 * @property {Record<string, string>} said digests and wraps by name, in hexadecimal
 */

/**
 * The manifest that `spelled` spells; throws SealFault, whose `where` names the field, if it is not exactly as the format asks.
 * @param {string} spelled
 * @returns {Promise<Manifest>}
 */
export async function readManifest(spelled) {
  const value = read(spelled, MANIFEST_BYTES_MAX, "manifest");
  const remedy = value !== null && typeof value === "object" && "wrap_remedy" in value ? ["wrap_remedy"] : [];
  const said = fields(value, [...NAMES, ...remedy], "manifest");
  if (said.format !== FORMAT) throw new SealFault("E_SEAL_MANIFEST", { where: "format" });
  const suite = suiteNamed(text(said.suite, "suite"));
  const context = new Context(suite, {
    tender: text(said.tender, "tender"),
    section: text(said.section, "section"),
    bidder: text(said.bidder, "bidder"),
    version: whole(said.version, "version", 1, VERSION_MAX),
  });
  for (const name of DIGESTS) octets(said[name], name, DIGEST, DIGEST);
  octets(said.wrap_own, "wrap_own", DIGEST, WRAPPED_BYTES_MAX);
  for (const name of ["wrap_hall", ...remedy]) {
    const wrapped = octets(said[name], name, suite.hallWrapBytes, suite.hallWrapBytes);
    await checkPoint(suite.curve, wrapped.subarray(0, POINT)).catch(() => {
      throw new SealFault("E_SEAL_MANIFEST", { where: name });
    });
  }
  return { text: spelled, context, parts: partsOf(said.parts), said };
}

/** What the signature covers. @param {string} spelled */
export function signedBytes(spelled) {
  return join(utf8(`${FORMAT} manifest\n`), utf8(spelled));
}

/** What is signed to take this very envelope back. @param {Manifest} manifest */
export async function withdrawnBytes({ context, text: spelled }) {
  return join(utf8(`${FORMAT} withdrawal\n`), await context.suite.hash(utf8(spelled)));
}

/** @param {any} said */
function partsOf(said) {
  if (!Array.isArray(said) || said.length < 1 || said.length > PART_NAMES.length) throw new SealFault("E_SEAL_MANIFEST", { where: "parts" });
  return said.map((one, at) => {
    const name = PART_NAMES[at];
    if (fields(one, ["name", "chunks", "root"], "parts").name !== name) throw new SealFault("E_SEAL_MANIFEST", { where: "parts" });
    const chunks = whole(one.chunks, `chunks of ${name}`, 1, PART_CHUNKS_MAX[name]);
    return { name, chunks, root: octets(one.root, `root of ${name}`, DIGEST, DIGEST) };
  });
}

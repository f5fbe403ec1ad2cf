// @ts-check
/** The recovery file: the bidder's half under a passphrase, for the day when the certificate was renewed or the driver fails. */
import { toHex, utf8 } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { random } from "./bytes.js";
import { FORMAT } from "./context.js";
import { SealFault } from "./fault.js";
import { checkHalf } from "./halves.js";
import { fields, octets, read, whereOf, whole } from "./spelling.js";
import { HALF_BYTES, NONCE_BYTES, TAG_BYTES } from "./suites.js";

const ROUNDS = 600_000;
const ROUNDS_MIN = 100_000;
const ROUNDS_MAX = 5_000_000;
const RECOVERY_BYTES_MAX = 4096;
const SALT = 16;
export const PASSPHRASE_CHARS_MIN = 10;

/**
 * @param {import("./manifest.js").Manifest} manifest
 * @param {Uint8Array} own
 * @param {string} passphrase at least 10 characters
 */
export async function writeRecovery(manifest, own, passphrase, rounds = ROUNDS) {
  if ([...passphrase].length < PASSPHRASE_CHARS_MIN) throw new SealFault("E_PASSPHRASE");
  const { context } = manifest;
  const [salt, nonce] = [random(SALT), random(NONCE_BYTES)];
  const cipher = await context.suite.slowly(utf8(passphrase), salt, rounds);
  const sealed = await cipher.seal(nonce, own, await context.purpose("recovery"));
  cipher.forget();
  return canonical({ ...(await whose(manifest)), rounds, salt: toHex(salt), nonce: toHex(nonce), sealed: toHex(sealed) });
}

/**
 * The bidder's half, K1; throws SealFault for no recovery file, another envelope's, or a wrong passphrase.
 * @param {string} text
 * @param {import("./manifest.js").Manifest} manifest
 * @param {string} passphrase
 */
export async function openRecovery(text, manifest, passphrase) {
  const { context } = manifest;
  const file = await readRecovery(text, manifest);
  const cipher = await context.suite.slowly(utf8(passphrase), file.salt, file.rounds);
  let own;
  try {
    own = await cipher.open(file.nonce, file.sealed, await context.purpose("recovery"));
  } catch {
    throw new SealFault("E_PASSPHRASE");
  } finally {
    cipher.forget();
  }
  await checkHalf(manifest, "own", own);
  return own;
}

/** @param {string} text @param {import("./manifest.js").Manifest} manifest */
async function readRecovery(text, manifest) {
  const expected = await whose(manifest);
  const names = [...Object.keys(expected), "rounds", "salt", "nonce", "sealed"];
  try {
    const said = fields(read(text, RECOVERY_BYTES_MAX, "recovery file"), names, "recovery file");
    for (const [name, value] of Object.entries(expected))
      if (said[name] !== value) throw new SealFault("E_RECOVERY_FILE", { where: name });
    return {
      rounds: whole(said.rounds, "rounds", ROUNDS_MIN, ROUNDS_MAX),
      salt: octets(said.salt, "salt", SALT, SALT),
      nonce: octets(said.nonce, "nonce", NONCE_BYTES, NONCE_BYTES),
      sealed: octets(said.sealed, "sealed", HALF_BYTES + TAG_BYTES, HALF_BYTES + TAG_BYTES),
    };
  } catch (fault) {
    throw new SealFault("E_RECOVERY_FILE", { where: whereOf(fault) });
  }
}

/**
 * Which envelope it belongs to.
 * @param {import("./manifest.js").Manifest} manifest
 * @returns {Promise<Record<string, string | number>>}
 */
async function whose({ context, text }) {
  const manifest = toHex(await context.suite.hash(utf8(text)));
  return { format: `${FORMAT} recovery`, suite: context.suite.name, ...context.names, manifest };
}

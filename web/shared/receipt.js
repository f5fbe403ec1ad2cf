// @ts-check
/** A receipt, checked without asking the house: the header, both texts, the way to the root, the signature. */

import { fromHex, toHex } from "./bytes.js";
import { digestOf, readStatement, saltedDigest } from "./chain.js";
import { verified } from "./ed25519.js";
import { readHeader } from "./header.js";
import { rootByPath } from "./merkle.js";

/**
 * @typedef {"command" | "outcome" | "statement" | "path" | "signature" | "key" | "rules"} Check
 * @typedef {{check: Check, good: boolean | null}} Finding `null`: this browser cannot tell
 */

/**
 * @param {import("./frames.js").Receipt} receipt
 * @param {{key?: string, rules?: string}} [known] the house's key and the digest of the rules as this page knows them from elsewhere
 * @returns {Promise<Finding[]>}
 */
export async function checkReceipt(receipt, { key, rules } = {}) {
  const header = readHeader(receipt.header);
  const statement = readStatement(receipt.statement);
  /** @type {Finding[]} */
  const findings = [
    { check: "command", good: sound(() => saltedDigest(receipt.command_salt, receipt.command) === header?.command) },
    { check: "outcome", good: sound(() => saltedDigest(receipt.outcome_salt, receipt.outcome) === header?.outcome) },
    {
      check: "statement",
      good:
        statement !== null && header !== null && statement.sale === header.sale && statement.epoch === header.epoch &&
        statement.first <= header.seq && header.seq <= statement.last,
    },
    { check: "path", good: statement !== null && header !== null && sound(() => leads(receipt, header, statement)) },
    { check: "signature", good: await verified({ key: receipt.key, text: receipt.statement, signature: receipt.signature }) },
  ];
  if (key !== undefined) findings.push({ check: "key", good: receipt.key === key });
  if (rules !== undefined) findings.push({ check: "rules", good: statement?.rules === rules });
  return findings;
}

/**
 * @param {import("./frames.js").Receipt} receipt
 * @param {import("./header.js").Header} header
 * @param {NonNullable<ReturnType<typeof readStatement>>} statement
 */
function leads(receipt, header, { first, last, root }) {
  const digest = fromHex(digestOf(receipt.header));
  const reached = rootByPath(digest, header.seq - first, last - first + 1, receipt.path.map(fromHex));
  return reached !== null && toHex(reached) === root;
}

/** @param {() => boolean} check */
function sound(check) {
  try {
    return check();
  } catch {
    return false;
  }
}

// @ts-check
/** Certificates and private keys as they come in files (PEM). A private key is imported so that no script can read it out again. */
import { fromHex, toHex } from "../shared/bytes.js";
import { buffer, random, same } from "./bytes.js";
import { blocks, content, element } from "./der.js";
import { SealFault } from "./fault.js";
import { openHpke } from "./hpke.js";
import { ECDSA, OAEP, PKCS1, pointOf, toDer, verify } from "./keys.js";
import { unlocked } from "./locked-key.js";
import { openSm2, signSm2, sm2Number, sm2Public } from "./sm2.js";

/** What stands before the private number of a curve key (RFC 5915). */
const NUMBER = "0201010420";
const LOCKED = "ENCRYPTED PRIVATE KEY";
const VERSION = Uint8Array.of(2, 1, 0);
const RSA = fromHex("300d06092a864886f70d0101010500");

/**
 * The first certificate in `pem`; throws SealFault if there is none, or its key is of a kind we do not know.
 * @param {string} pem
 * @returns {import("./keys.js").Credential}
 */
export function readCertificate(pem) {
  const [first] = blocks(pem, ["CERTIFICATE"]);
  if (!first) throw new SealFault("E_KEY_UNREADABLE");
  return credentialOf(first.der);
}

/**
 * A certificate that is DER already; throws SealFault if its key is of a kind we do not know.
 * @param {Uint8Array} der
 * @returns {import("./keys.js").Credential}
 */
export function credentialOf(der) {
  const spki = spkiIn(der);
  pointOf(spki);
  return { der, spki };
}

/**
 * The private key in `pem`, which must be that of `credential`; throws SealFault if it is not, or the password is wrong.
 * @param {string} pem
 * @param {import("./keys.js").Credential} credential
 * @param {string} [password]
 * @returns {Promise<import("./keys.js").PrivateKey>}
 */
export async function readPrivateKey(pem, { spki }, password = "") {
  const [first] = blocks(pem, [LOCKED, "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"]);
  if (!first) throw new SealFault("E_KEY_UNREADABLE");
  const on = pointOf(spki);
  const der = first.kind === LOCKED ? await unlocked(first.der, password).catch(notUnlocked) : first.der;
  const key = await (on ? curveKey(der, on, spki) : rsaKey(first.kind, der)).catch(unreadable);
  der.fill(0);
  const probe = random(32);
  await verify(spki, probe, await key.sign(probe)).catch(() => {
    throw new SealFault("E_WRONG_KEY");
  });
  return key;
}

/**
 * @param {Uint8Array} der
 * @param {{curve: import("./keys.js").CurveName, point: Uint8Array}} on
 * @param {Uint8Array} spki
 * @returns {Promise<import("./keys.js").PrivateKey>}
 */
async function curveKey(der, { curve, point }, spki) {
  const at = toHex(der).indexOf(NUMBER) / 2;
  if (at < 0) throw new SealFault("E_KEY_UNREADABLE");
  const number = der.slice(at + 5, at + 37);
  if (curve === "SM2") {
    const own = sm2Number(number);
    number.fill(0);
    if (!same(sm2Public(own), point)) throw new SealFault("E_WRONG_KEY");
    return {
      sign: async (message) => toDer(signSm2(own, message)),
      unwrap: async (wrapped, info) => openSm2(own, info, wrapped),
    };
  }
  // With its public half: not every browser would compute it.
  const algorithm = spki.subarray(2, 2 + 0x15);
  const said = element(0x30, fromHex(NUMBER), number, element(0xa1, element(3, Uint8Array.of(0), point)));
  const pkcs8 = element(0x30, VERSION, algorithm, element(4, said));
  const [signing, unwrapping] = await Promise.all([
    crypto.subtle.importKey("pkcs8", buffer(pkcs8), ECDSA, false, ["sign"]),
    crypto.subtle.importKey("pkcs8", buffer(pkcs8), { ...ECDSA, name: "ECDH" }, false, ["deriveBits"]),
  ]).catch(() => {
    throw new SealFault("E_WRONG_KEY"); // Well spelled as it is, only its two halves can be strangers.
  });
  for (const used of [number, said, pkcs8]) used.fill(0);
  return {
    sign: async (message) => toDer(new Uint8Array(await crypto.subtle.sign(ECDSA, signing, buffer(message)))),
    unwrap: (wrapped, info) => openHpke(unwrapping, point, info, wrapped),
  };
}

/**
 * @param {string} kind
 * @param {Uint8Array} der
 * @returns {Promise<import("./keys.js").PrivateKey>}
 */
async function rsaKey(kind, der) {
  const pkcs8 = kind === "RSA PRIVATE KEY" ? element(0x30, VERSION, RSA, element(4, der)) : der;
  const signing = await crypto.subtle.importKey("pkcs8", buffer(pkcs8), PKCS1, false, ["sign"]);
  const unwrapping = await crypto.subtle.importKey("pkcs8", buffer(pkcs8), OAEP, false, ["decrypt"]);
  pkcs8.fill(0);
  return {
    sign: async (message) => new Uint8Array(await crypto.subtle.sign(PKCS1, signing, buffer(message))),
    async unwrap(wrapped, info) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt({ ...OAEP, label: buffer(info) }, unwrapping, buffer(wrapped)));
      } catch {
        throw new SealFault("E_WRONG_KEY");
      }
    },
  };
}

/** The SubjectPublicKeyInfo in a certificate: after serial, algorithm, issuer, validity and subject. @param {Uint8Array} der */
function spkiIn(der) {
  let at = content(der, content(der, 0).begins).begins;
  if (der[at] === 0xa0) at = content(der, at).ends;
  for (let skipped = 0; skipped < 5; skipped++) at = content(der, at).ends;
  return der.slice(at, content(der, at).ends);
}

/** @returns {never} */
function notUnlocked() {
  throw new SealFault("E_KEY_UNREADABLE", { where: "password" });
}

/**
 * @param {unknown} fault
 * @returns {never}
 */
function unreadable(fault) {
  throw fault instanceof SealFault ? fault : new SealFault("E_KEY_UNREADABLE");
}

// @ts-check
/** A USB key (USB Key), asked through the middleware on this machine; the calls are those of clients/usbkey/USBKEY.md. */
import { COMMERCIAL } from "../seal/suites.js";
import { fromHex, join, toHex } from "./bytes.js";

/** By their place in this list, from 1, the middleware says what was wrong; sentences are in clients/usbkey/faults.py. */
const CODES = [
  "E_KEY_ASKED",
  "E_KEY_NONE",
  "E_KEY_PULLED",
  "E_KEY_PIN_NEEDED",
  "E_KEY_PIN_WRONG",
  "E_KEY_LOCKED",
  "E_KEY_DECRYPT",
  "E_KEY_SERVICE",
  "E_KEY_ANSWER",
];
const SM2_SPKI = "3059301306072a8648ce3d020106082a811ccf5501822d034200";
const [POINT, DIGEST] = [65, 32];
const PATIENCE_MS = 60_000;

/** @typedef {(frame: string) => Promise<string>} Ask sends one frame and gives the next that comes back */
/** @typedef {{ name: string, key: string }} Listed a key that is plugged in: its name for people, and how it is asked for */
/** @typedef {"signing" | "encryption"} Use which of the two certificates in it */

/** A key did not do what was asked. */
export class KeyFault extends Error {
  /**
   * @param {string} code
   * @param {Record<string, string | number>} detail tries left, or where; never a PIN
   */
  constructor(code, detail = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/** The keys that are plugged into this machine. */
export class UsbKeys {
  #ask;
  #count = 0;

  /** @param {Ask} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /** @returns {Promise<Listed[]>} */
  async keys() {
    const said = await this.#call("SOF_GetUserList");
    if (typeof said !== "string") throw new KeyFault("E_KEY_ANSWER", { where: "SOF_GetUserList" });
    return said
      .split("&&&")
      .filter((one) => one)
      .map((one) => {
        const at = one.lastIndexOf("||");
        return { name: one.slice(0, Math.max(at, 0)), key: at < 0 ? one : one.slice(at + 2) };
      });
  }

  /**
   * One of its two certificates, DER.
   * @param {string} key
   * @param {Use} use
   */
  async certificate(key, use) {
    const call = use === "signing" ? "SOF_ExportUserCert" : "SOF_ExportExChangeUserCert";
    return octets(await this.#call(call, { CertID: key }));
  }

  /** Wrong PINs before it locks itself; 0 if it has. @param {string} key */
  async triesLeft(key) {
    const left = await this.#call("SOF_GetPinRetryCount", { CertID: key });
    if (typeof left !== "number") throw new KeyFault("E_KEY_ANSWER", { where: "SOF_GetPinRetryCount" });
    return left;
  }

  /**
   * Open it for signing and unwrapping.
   * @param {string} key
   * @param {string} pin
   */
  async login(key, pin) {
    const said = await this.#call("SOF_Login", { CertID: key, PassWd: pin });
    if (said !== true) throw new KeyFault("E_KEY_ANSWER", { where: "SOF_Login" });
  }

  /** Close it again. @param {string} key */
  async logout(key) {
    await this.#call("SOF_Logout", { CertID: key });
  }

  /**
   * A signature with its signing key: DER of r and s, or PKCS #1 for RSA.
   * @param {string} key
   * @param {Uint8Array} message
   */
  async sign(key, message) {
    return octets(await this.#call("SOF_SignData", { CertID: key, InData: text(message) }));
  }

  /**
   * What was wrapped to its encryption certificate for a purpose.
   * @param {string} key
   * @param {Uint8Array} wrapped
   * @param {Uint8Array} info
   */
  async unwrap(key, wrapped, info) {
    const certificate = await this.certificate(key, "encryption");
    if (!toHex(certificate).includes(SM2_SPKI))
      return octets(
        await this.#call("SOF_PriKeyDecrypt", { CertID: key, InData: text(wrapped), Purpose: text(info) }),
      );
    const plain = octets(await this.#call("SOF_PriKeyDecrypt", { CertID: key, InData: text(sm2Der(wrapped)) }));
    const bound = toHex(plain.subarray(0, DIGEST)) === toHex(await COMMERCIAL.hash(info));
    if (!bound) throw new KeyFault("E_KEY_DECRYPT");
    return plain.subarray(DIGEST);
  }

  /**
   * @param {string} call
   * @param {Record<string, string>} fields
   * @returns {Promise<unknown>}
   */
  async #call(call, fields = {}) {
    const id = ++this.#count;
    const said = parsed(await this.#ask(JSON.stringify({ id, function: call, ...fields })));
    if (said?.id !== id || typeof said.status !== "number") throw new KeyFault("E_KEY_ANSWER", { where: call });
    if (said.status === 0 && "result" in said) return said.result;
    const code = CODES[said.status - 1] ?? "E_KEY_ANSWER";
    if (code !== "E_KEY_PIN_WRONG") throw new KeyFault(code, { where: call });
    if (typeof said.left !== "number") throw new KeyFault("E_KEY_ANSWER", { where: call });
    throw new KeyFault(code, { left: said.left });
  }
}

/**
 * A key in its device, where sealing takes a private key; the PIN must have been given.
 * @param {UsbKeys} keys
 * @param {string} key
 * @returns {import("../seal/keys.js").PrivateKey}
 */
export function deviceKey(keys, key) {
  return { sign: (message) => keys.sign(key, message), unwrap: (wrapped, info) => keys.unwrap(key, wrapped, info) };
}

/**
 * The keys that the middleware offers at a port of this machine; rejects with E_KEY_SERVICE if it does not answer.
 * @param {number} port
 * @param {(url: string) => WebSocket} open
 * @param {number} patienceMs a device may show a window of its own and wait for a person
 * @returns {Promise<{ keys: UsbKeys, close: () => void }>}
 */
export function dial(port, open = (url) => new WebSocket(url), patienceMs = PATIENCE_MS) {
  const where = `127.0.0.1:${port}`;
  return new Promise((resolve, reject) => {
    const socket = open(`ws://${where}/`);
    /** @type {{ resolve: (frame: string) => void, reject: (fault: KeyFault) => void } | null} */
    let waiting = null;
    let gone = false;
    const lost = () => {
      gone = true;
      const fault = new KeyFault("E_KEY_SERVICE", { where });
      reject(fault);
      waiting?.reject(fault);
      waiting = null;
    };
    /** @type {Ask} */
    const ask = (frame) => {
      if (gone) return Promise.reject(new KeyFault("E_KEY_SERVICE", { where }));
      if (waiting) return Promise.reject(new KeyFault("E_KEY_ASKED", { where: "busy" }));
      return new Promise((answered, refused) => {
        const timer = setTimeout(() => (lost(), socket.close()), patienceMs);
        waiting = {
          resolve: (said) => (clearTimeout(timer), answered(said)),
          reject: (fault) => (clearTimeout(timer), refused(fault)),
        };
        socket.send(frame);
      });
    };
    socket.onopen = () => resolve({ keys: new UsbKeys(ask), close: () => socket.close() });
    socket.onmessage = ({ data }) => {
      const one = waiting;
      waiting = null;
      one?.resolve(String(data));
    };
    socket.onerror = lost;
    socket.onclose = lost;
  });
}

/**
 * An SM2 ciphertext as devices take it (GM/T 0009), from 04 ‖ x ‖ y ‖ C3 ‖ C2.
 * @param {Uint8Array} wrapped
 */
export function sm2Der(wrapped) {
  if (wrapped.length < POINT + DIGEST || wrapped[0] !== 4) throw new KeyFault("E_KEY_DECRYPT");
  const [x, y] = [wrapped.subarray(1, 33), wrapped.subarray(33, POINT)].map(integer);
  const digest = element(0x04, wrapped.subarray(POINT, POINT + DIGEST));
  return element(0x30, join(x, y, digest, element(0x04, wrapped.subarray(POINT + DIGEST))));
}

/** A whole number of DER, from its bytes. @param {Uint8Array} bytes */
function integer(bytes) {
  const digits = toHex(bytes).replace(/^(00)+(?=..)/, "");
  return element(0x02, fromHex(digits < "80" ? digits : `00${digits}`));
}

/**
 * @param {number} tag
 * @param {Uint8Array} content below 65,536 bytes
 */
function element(tag, content) {
  const length = content.length;
  const said = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return join(Uint8Array.of(tag, ...said), content);
}

/** @param {Uint8Array} bytes */
function text(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}

/** @param {unknown} said */
function octets(said) {
  if (typeof said !== "string" || !/^[0-9A-Za-z+/]*={0,2}$/.test(said) || said.length % 4)
    throw new KeyFault("E_KEY_ANSWER", { where: "base64" });
  return Uint8Array.from(atob(said), (letter) => letter.charCodeAt(0));
}

/** @param {string} frame */
function parsed(frame) {
  try {
    return JSON.parse(frame);
  } catch {
    return null;
  }
}

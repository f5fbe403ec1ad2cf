// What the tests of sealing share: the published vectors, their keys as files, and a bid of the same content.

import { readText } from "./sources.js";
import { fromHex, utf8 } from "../shared/bytes.js";
import { element, pemOf } from "../seal/der.js";
import { readHall } from "../seal/hall.js";
import { readPrivateKey } from "../seal/key-files.js";
import { Sealer } from "../seal/sealer.js";

export const { vectors } = JSON.parse(readText("../engine/sealing/vectors.json"));
export const WORDS = "苹果 梯子 河流 铜铃 七";
/** The least that readers take; pages make more. */
export const ROUNDS = 100_000;
export const FILES = [
  new File([utf8("致招标人：\n".repeat(9))], "投标函.txt"),
  new File([new Uint8Array(1_100_000).fill(0x5a)], "清单.bin"),
];

/** Certificates of the vectors are bare keys. @param {any} vector @param {"signing" | "encryption"} what */
export function credential(vector, what) {
  const spki = fromHex(vector[`${what}_certificate`]);
  return { der: spki, spki };
}

/** A private number as a key file (RFC 5915). @param {string} number in hexadecimal */
export function keyPem(number) {
  return pemOf("EC PRIVATE KEY", element(0x30, fromHex("020101"), element(4, fromHex(number))));
}

/** @param {any} vector @param {"signing" | "encryption"} what */
export function privateKey(vector, what, number = vector[`${what}_private`]) {
  return readPrivateKey(keyPem(number), credential(vector, what));
}

/** Hands out the vector's halves, one after the other. @param {any} vector */
export function replaying(vector) {
  const halves = [fromHex(vector.half_own), fromHex(vector.half_hall)];
  return () => halves.shift();
}

/** @param {any} vector @param {object} [how] @param {object} [bid] */
export async function sealer(vector, how = {}, bid = {}) {
  const { section, bidder, version } = vector.context;
  return new Sealer(
    { hall: await readHall(vector.hall), section, bidder, version, remedy: true, sheet: vector.sheet, files: FILES, ...bid },
    {
      signing: credential(vector, "signing"),
      encryption: credential(vector, "encryption"),
      signingKey: await privateKey(vector, "signing"),
      encryptionKey: await privateKey(vector, "encryption"),
    },
    { passphrase: WORDS, rounds: ROUNDS, ...how },
  );
}

/** All chunks by part, and what `finish` gives. @param {Sealer} made */
export async function sealed(made) {
  const chunks = { sheet: [], documents: [] };
  for await (const chunk of made.chunks()) chunks[chunk.part].push(chunk);
  return { chunks, envelope: await made.finish() };
}

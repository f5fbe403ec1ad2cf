// A bidder's page without a page: seals into a folder, or opens one, with the modules that pages load.
//
//   node page.mjs seal FOLDER < {hall, section, bidder, version, remedy, sheet, files, signing, signing_key, encryption, encryption_key, words}
//   node page.mjs open FOLDER < {encryption, encryption_key, words, half_hall}
//
// Certificates and keys are PEM; files are paths. Says what it did in JSON.

import { createHash } from "node:crypto";
import { appendFileSync, openAsBlob, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pemOf } from "../../web/seal/der.js";
import { readHall } from "../../web/seal/hall.js";
import { dataKey } from "../../web/seal/halves.js";
import { readCertificate, readPrivateKey } from "../../web/seal/key-files.js";
import { verify } from "../../web/seal/keys.js";
import { readManifest, signedBytes } from "../../web/seal/manifest.js";
import { CHUNK_BYTES } from "../../web/seal/parts.js";
import { DocumentsReader, unpackSheet } from "../../web/seal/reading.js";
import { openRecovery } from "../../web/seal/recovery.js";
import { Sealer } from "../../web/seal/sealer.js";
import { fromHex, toHex } from "../../web/shared/bytes.js";

const [, , act, folder] = process.argv;
const said = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await (act === "seal" ? seal() : open())));

async function seal() {
  const [signing, encryption] = [readCertificate(said.signing), readCertificate(said.encryption)];
  const files = await Promise.all(said.files.map(async (path) => new File([await openAsBlob(path)], basename(path))));
  const bidder = {
    signing,
    encryption,
    signingKey: await readPrivateKey(said.signing_key, signing),
    encryptionKey: await readPrivateKey(said.encryption_key, encryption),
  };
  const sealer = new Sealer({ ...said, hall: await readHall(said.hall), files }, bidder, { passphrase: said.words, rounds: 100_000 });
  for await (const { part, sealed } of sealer.chunks()) appendFileSync(join(folder, part), sealed);
  const { manifest, signature, recovery } = await sealer.finish();
  writeFileSync(join(folder, "manifest.json"), manifest.text);
  writeFileSync(join(folder, "signature"), signature);
  writeFileSync(join(folder, "signing.pem"), pemOf("CERTIFICATE", signing.der));
  writeFileSync(join(folder, "encryption.pem"), pemOf("CERTIFICATE", encryption.der));
  return { recovery };
}

async function open() {
  const manifest = await readManifest(readFileSync(join(folder, "manifest.json"), "utf8"));
  const [signing, encryption] = ["signing.pem", "encryption.pem"].map((name) => readCertificate(readFileSync(join(folder, name), "utf8")));
  await verify(signing.spki, signedBytes(manifest.text), readFileSync(join(folder, "signature")));
  const own = await (await readPrivateKey(said.encryption_key, encryption)).unwrap(fromHex(manifest.said.wrap_own), await manifest.context.purpose("own"));
  const recovered = await openRecovery(said.recovery, manifest, said.words);
  const key = await dataKey(manifest, own, fromHex(said.half_hall));
  const [reader, files] = [new DocumentsReader(), []];
  let sheet = null;
  for (const { name, chunks } of manifest.parts) {
    const [cipher, whole, size] = [await key.cipher(name, chunks), readFileSync(join(folder, name)), CHUNK_BYTES[name] + 16];
    for (let index = 0; index < chunks; index++) {
      const plain = await cipher.open(index, whole.subarray(index * size, (index + 1) * size));
      if (name === "sheet") sheet = unpackSheet(plain);
      else
        for (const one of reader.feed(plain))
          if (one instanceof Uint8Array) files.at(-1).digest.update(one);
          else files.push({ name: one.name, digest: createHash("sha256") });
    }
  }
  if (files.length) reader.end();
  return { sheet, same: toHex(own) === toHex(recovered), files: files.map(({ name, digest }) => [name, digest.digest("hex")]) };
}

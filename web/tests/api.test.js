// How the protocol page reads the house's own descriptions.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fieldsOf, framesOf, routesOf, shapesOf, typeOf } from "../api/shapes.js";
import { readText } from "./sources.js";

const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`../../engine/wire/${name}.json`, import.meta.url), "utf8"));
const openapi = read("openapi");
const asyncapi = read("asyncapi");
const text = (/** @type {any} */ schema) => typeOf(schema).map((word) => word.text).join("");

const TYPES = [
  [{ type: "integer" }, "integer"],
  [{ type: "integer", minimum: 0 }, "integer ≥ 0"],
  [{ type: "integer", minimum: 1, maximum: 9 }, "integer 1 … 9"],
  [{ type: "string", maxLength: 200 }, "string ≤ 200"],
  [{ enum: ["hall", "online"] }, '"hall" | "online"'],
  [{ type: "array", items: { $ref: "#/components/schemas/Bid" } }, "[Bid]"],
  [{ anyOf: [{ $ref: "#/components/schemas/Who" }, { type: "null" }] }, "Who | null"],
  [{}, "any"],
];

for (const [schema, wanted] of TYPES) test(`a type is said in one line: ${wanted}`, () => assert.equal(text(schema), wanted));

test("a type leads to the shapes it names", () => {
  assert.deepEqual(typeOf({ anyOf: [{ $ref: "#/components/schemas/Who" }, { type: "null" }] })[0], { text: "Who", shape: "Who" });
});

test("every operation stands under one of the tags", () => {
  const shown = openapi.tags.flatMap(({ name }) => routesOf(openapi, name));
  const all = Object.values(openapi.paths).flatMap((methods) => Object.keys(methods));
  assert.equal(shown.length, all.length);
});

test("every frame has its fields, and every other shape stands once", () => {
  const frames = [...framesOf(asyncapi, "hear"), ...framesOf(asyncapi, "tell")];
  for (const { tag, shape } of frames) assert.ok(fieldsOf(asyncapi.components.schemas[shape]).some(({ name }) => name === "type"), tag);
  const shapes = shapesOf(asyncapi, openapi).map(([name]) => name);
  assert.equal(new Set([...shapes, ...frames.map(({ shape }) => shape)]).size, shapes.length + frames.length);
});

test("parts named by number are shown as lot/N", () => {
  assert.ok(fieldsOf(asyncapi.components.schemas.Parts).some(({ name }) => name === "lot/N"));
});

test("every role that may send a frame has a name in both languages", () => {
  const roles = new Set(framesOf(asyncapi, "hear").flatMap(({ message }) => message["x-roles"]));
  for (const lang of ["zh-CN", "en"]) {
    const words = JSON.parse(readText(`shared/locales/${lang}.json`));
    for (const role of roles) assert.ok(`role.${role}` in words, role);
  }
});

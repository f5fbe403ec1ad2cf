// @ts-check
/**
 * Reads the house's own descriptions (OpenAPI, AsyncAPI): what operations, frames and shapes there are, and how a type is said in one line. Knows no DOM.
 *
 * @typedef {{[key: string]: any}} Plain
 * @typedef {{text: string, shape?: string}} Word a piece of a type's name; `shape` is the schema it leads to
 * @typedef {{name: string, required: boolean, type: Word[], said: Plain}} Field
 * @typedef {{method: string, path: string, operation: Plain}} Route
 * @typedef {{tag: string, shape: string, message: Plain}} Frame
 */

const AT = "#/components/schemas/";

/** The shape a schema refers to, if it is a reference. @param {Plain} schema */
export function shapeOf(schema) {
  return typeof schema.$ref === "string" && schema.$ref.startsWith(AT) ? schema.$ref.slice(AT.length) : null;
}

/** The routes under one tag, in their order. @param {Plain} openapi @param {string} tag @returns {Route[]} */
export function routesOf(openapi, tag) {
  return Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.entries(/** @type {Plain} */ (methods))
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** The frames of one operation (`hear`, `tell`). @param {Plain} asyncapi @param {string} name @returns {Frame[]} */
export function framesOf(asyncapi, name) {
  return asyncapi.operations[name].messages.map((/** @type {Plain} */ { $ref }) => {
    const message = asyncapi.components.messages[$ref.split("/").at(-1)];
    return { tag: message.name, shape: shapeOf(message.payload) ?? "", message };
  });
}

/** The shapes that are no frames themselves, by name. @param {Plain} asyncapi @param {Plain} openapi @returns {[string, Plain][]} */
export function shapesOf(asyncapi, openapi) {
  const frames = new Set([...framesOf(asyncapi, "hear"), ...framesOf(asyncapi, "tell")].map(({ shape }) => shape));
  const all = { ...openapi.components.schemas, ...asyncapi.components.schemas };
  return Object.entries(all).filter(([name]) => !frames.has(name)).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** The fields of a schema; parts named by a pattern come as `lot/N`. @param {Plain} schema @returns {Field[]} */
export function fieldsOf(schema) {
  const named = Object.entries(schema.properties ?? {});
  const patterned = Object.entries(schema.patternProperties ?? {}).map(([pattern, said]) => [pattern.replace(/^\^(.*)\[0-9\]\+\$$/, "$1N"), said]);
  return [...named, ...patterned].map(([name, said]) => ({ name, said, required: (schema.required ?? []).includes(name), type: typeOf(said) }));
}

/** A type in one line. @param {Plain} schema @returns {Word[]} */
export function typeOf(schema) {
  const shape = shapeOf(schema);
  if (shape !== null) return [{ text: shape, shape }];
  const among = schema.anyOf ?? schema.oneOf;
  if (among) return joined(among.map(typeOf), " | ");
  if (schema.enum) return joined(schema.enum.map((/** @type {any} */ value) => [{ text: JSON.stringify(value) }]), " | ");
  if (schema.type === "array") return [{ text: "[" }, ...typeOf(schema.items ?? {}), { text: "]" }];
  if (schema.type === "integer") return [{ text: `integer${rangeText(schema)}` }];
  if (schema.type === "string") return [{ text: schema.maxLength === undefined ? "string" : `string ≤ ${schema.maxLength}` }];
  return [{ text: schema.type ?? "any" }];
}

/** @param {Plain} schema */
function rangeText({ minimum, maximum }) {
  if (minimum === undefined && maximum === undefined) return "";
  if (maximum === undefined) return ` ≥ ${minimum}`;
  return ` ${minimum} … ${maximum}`;
}

/** @param {Word[][]} lists @param {string} between @returns {Word[]} */
function joined(lists, between) {
  return lists.flatMap((words, at) => (at ? [{ text: between }, ...words] : words));
}

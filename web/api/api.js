// @ts-check
/** The protocol, to be read: every operation, frame, shape and code, as the house's own descriptions give them. */

import { html, nothing } from "../vendor/lit.js";
import { canonical } from "../shared/canonical.js";
import { getJson } from "../shared/house.js";
import { spoken, t } from "../shared/i18n.js";
import { PlainPage } from "../shared/plain-page.js";
import { start } from "../shared/start.js";
import { fieldsOf, framesOf, routesOf, shapesOf, typeOf } from "./shapes.js";

/** @typedef {import("./shapes.js").Plain} Plain */

const SECTIONS = ["start", "http", "hear", "tell", "shapes", "codes", "limits"];

class Api extends PlainPage {
  static properties = { openapi: { state: true }, asyncapi: { state: true } };
  static named = "page.api";

  constructor() {
    super();
    /** @type {Plain | null} */
    this.openapi = null;
    /** @type {Plain | null} */
    this.asyncapi = null;
  }

  async load() {
    [this.openapi, this.asyncapi] = await Promise.all([getJson("/api/openapi.json"), getJson("/api/asyncapi.json")]);
    await this.updateComplete;
    this.#follow();
    addEventListener("hashchange", () => this.#follow());
  }

  /** What the address points to is opened and shown. */
  #follow() {
    const wanted = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (wanted instanceof HTMLDetailsElement) wanted.open = true;
    wanted?.scrollIntoView();
  }

  render() {
    return html`<lc-bar named="page.api"></lc-bar>
      <div class="api">
        <nav class="contents" aria-label=${t("api.contents")}>
          <ul>${SECTIONS.map((name) => html`<li><a href="#${name}">${t(`api.${name}`)}</a></li>`)}</ul>
        </nav>
        <main>
          ${this.unanswered()}
          ${this.openapi && this.asyncapi ? this.#all(this.openapi, this.asyncapi) : nothing}
        </main>
      </div>`;
  }

  /** @param {Plain} openapi @param {Plain} asyncapi */
  #all(openapi, asyncapi) {
    return html`
      <section id="start">
        <h2>${t("api.title")}</h2>
        <p class="lead">${said(openapi.info)}</p>
        <p class="downloads"><a class="button" href="/api/openapi.json">OpenAPI 3.1</a> <a class="button" href="/api/asyncapi.json">AsyncAPI 3</a></p>
        <p>${t("api.try")}</p>
        ${this.#code([`HOUSE=${location.origin} TOKEN=…`, ...["listing", "picture", "command", "became"].map((name) => curlOf(openapi, name))].join("\n"))}
      </section>
      <section id="http">
        <h2>${t("api.http")}</h2>
        ${openapi.tags.map((/** @type {Plain} */ tag) => html`<h3>${said(tag)}</h3>${routesOf(openapi, tag.name).map((route) => this.#route(route))}`)}
      </section>
      <section id="hear">
        <h2>${t("api.hear")}</h2>
        <p>${t("api.hear.lead")}</p>
        ${framesOf(asyncapi, "hear").map((frame) => this.#frame(frame, asyncapi, exampleOf(openapi, frame.tag)))}
      </section>
      <section id="tell">
        <h2>${t("api.tell")}</h2>
        <p>${t("api.tell.lead")}</p>
        ${framesOf(asyncapi, "tell").map((frame) => this.#frame(frame, asyncapi))}
      </section>
      <section id="shapes">
        <h2>${t("api.shapes")}</h2>
        ${shapesOf(asyncapi, openapi).map(([name, schema]) => this.#shape(name, schema))}
      </section>
      <section id="codes">
        <h2>${t("api.codes")}</h2>
        <p>${t("api.codes.lead")}</p>
        ${this.#codes(openapi["x-codes"])}
      </section>
      <section id="limits">
        <h2>${t("api.limits")}</h2>
        ${this.#limits(openapi["x-limits"])}
        <h3>${t("api.closes")}</h3>
        ${this.#closes(openapi["x-close-codes"])}
      </section>`;
  }

  /** @param {import("./shapes.js").Route} route */
  #route({ method, path, operation }) {
    return html`<details class="panel" id="operation-${operation.operationId}">
      <summary><span class="method method-${method.toLowerCase()}">${method}</span> <code>${path}</code> <span class="what">${said(operation)}</span></summary>
      ${operation.security ? html`<p>${t(operation.security.length > 1 ? "api.bearer-may" : "api.bearer")}</p>` : nothing}
      ${operation.parameters ? this.#fields(operation.parameters.map(parameterField)) : nothing}
      ${operation.requestBody ? html`<p class="label">${t("api.body")}</p><p>${said(operation.requestBody)} ${Object.keys(operation.requestBody.content["application/json"]?.examples ?? {}).map((tag) => html`<a href="#hear-${tag}"><code>${tag}</code></a> `)}</p>` : nothing}
      <p class="label">${t("api.answers")}</p>
      ${this.#table([t("api.status"), t("api.shape"), t("api.meaning")], Object.entries(operation.responses).map(([status, answer]) => [html`<code>${status}</code>`, contentOf(answer), said(answer)]))}
      <p class="label">${t("api.example")}</p>
      ${this.#code(operation["x-codeSamples"][0].source)}
    </details>`;
  }

  /** @param {import("./shapes.js").Frame} frame @param {Plain} asyncapi @param {Plain} [example] */
  #frame({ tag, shape, message }, asyncapi, example) {
    const direction = "x-roles" in message ? "hear" : "tell";
    const roles = message["x-roles"] ?? [];
    return html`<details class="panel" id="${direction}-${tag}">
      <summary><code class="tag">${tag}</code> <span class="what">${said(message)}</span> ${roles.map((/** @type {string} */ role) => html`<span class="badge badge-calm">${t(`role.${role}`)}</span> `)}</summary>
      ${this.#fields(fieldsOf(asyncapi.components.schemas[shape]))}
      ${example ? html`<p class="label">${t("api.example")}</p>${this.#code(canonical(example))}` : nothing}
    </details>`;
  }

  /** @param {string} name @param {Plain} schema */
  #shape(name, schema) {
    const fields = fieldsOf(schema);
    return html`<details class="panel" id="shape-${name}">
      <summary><code class="tag">${name}</code> <span class="what">${said(schema)}</span></summary>
      ${fields.length ? this.#fields(fields) : html`<p><code>${typeText(typeOf(schema))}</code></p>`}
    </details>`;
  }

  /** @param {import("./shapes.js").Field[]} fields */
  #fields(fields) {
    return this.#table(
      [t("api.field"), t("api.type"), t("api.meaning")],
      fields.map(({ name, required, type, said: field }) => [html`<code>${name}</code>${required ? nothing : html` <small class="muted">${t("api.optional")}</small>`}`, html`<code>${typeText(type)}</code>`, said(field)]),
    );
  }

  /** @param {Plain[]} codes */
  #codes(codes) {
    return this.#table(
      [t("api.code"), "HTTP", t("api.retry"), t("api.sentence")],
      codes.map(({ code, status, retry, zh, en }) => [html`<code id="code-${code}">${code}</code>`, status ?? "–", html`<code>${retry}</code>`, html`<span lang="zh-CN">${zh}</span><br><span lang="en">${en}</span>`]),
    );
  }

  /** @param {Plain[]} limits */
  #limits(limits) {
    return this.#table(
      [t("api.setting"), t("api.value"), t("api.meaning")],
      limits.map(({ name, value, unit, ...words }) => [html`<code>${name}</code>`, html`<span class="number">${value} ${unit}</span>`, spoken() === "en" ? words.en : words.zh]),
    );
  }

  /** @param {Plain[]} closes */
  #closes(closes) {
    return this.#table([t("api.code"), t("api.meaning")], closes.map(({ code, zh, en }) => [html`<code>${code}</code>`, spoken() === "en" ? en : zh]));
  }

  /** @param {any[]} heads @param {any[][]} rows */
  #table(heads, rows) {
    return html`<div class="wide" tabindex="0" role="group" aria-label=${heads.join(" · ")}><table>
      <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  }

  /** @param {string} text */
  #code(text) {
    return html`<pre><code>${text}</code></pre>`;
  }
}

/** What a description says, in the page's language. @param {Plain} node */
function said(node) {
  const english = node.summary ?? node.description ?? "";
  return spoken() === "en" ? english : (node["x-zh"] ?? english);
}

/** @param {import("./shapes.js").Word[]} words */
function typeText(words) {
  return words.map(({ text, shape }) => (shape ? html`<a href="#${anchorOf(shape)}">${text}</a>` : text));
}

/** Where a shape stands on this page; frames of the house stand under their own name. @param {string} shape */
function anchorOf(shape) {
  const tag = FRAME_SHAPES[shape];
  return tag ? `tell-${tag}` : `shape-${shape}`;
}

/** Frames that stand in other answers. @type {Record<string, string>} */
const FRAME_SHAPES = { Answer: "answer", Duplicate: "duplicate", Refused: "refused", Unknown: "unknown" };

/** @param {Plain} parameter */
function parameterField(parameter) {
  return { name: parameter.name, required: parameter.required === true, type: typeOf(parameter.schema), said: parameter };
}

/** @param {Plain} answer */
function contentOf(answer) {
  return Object.entries(answer.content ?? {}).map(([kind, { schema }]) => html`<code>${schema ? typeText(typeOf(schema)) : kind}</code>`);
}

/** @param {Plain} openapi @param {string} name */
function curlOf(openapi, name) {
  const operations = Object.values(openapi.paths).flatMap((methods) => Object.values(/** @type {Plain} */ (methods)));
  return operations.find(({ operationId }) => operationId === name)["x-codeSamples"][0].source;
}

/** @param {Plain} openapi @param {string} tag @returns {Plain | undefined} */
function exampleOf(openapi, tag) {
  return openapi.paths["/api/sales/{sale}/commands"].post.requestBody.content["application/json"].examples[tag]?.value;
}

await start("lc-api", Api);

import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { DESCRIPTION_EXCEPTIONS } from "./description-exceptions.ts";

type Json = Record<string, unknown>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: {
    readonly type?: string;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly enum?: unknown[];
  };
}

interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly responses: Readonly<Record<string, Json>>;
}

const description = loadDescription();
const paths = description.paths as Record<string, Record<string, Operation>>;
const patterns = Object.keys(paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
}));
const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema({ $id: "spotify", components: description.components });
const validators = new Map<string, ValidateFunction>();

const ERROR_SCHEMA = {
  type: "object",
  required: ["error"],
  properties: { error: { $ref: "spotify#/components/schemas/ErrorObject" } },
};

/**
 * Checks one exchange with `api.spotify.com` against the published OpenAPI description, with the known differences of
 * `DESCRIPTION_EXCEPTIONS` taken out. Exchanges with other hosts are not described and pass.
 *
 * The request is checked for path, method, required and unknown query parameters, bounds, and JSON body; unless the
 * service refuses it, because refusals are there to be provoked. The answer is checked for status and body. Plain-text
 * bodies of refusals are not described and pass.
 *
 * @param request a copy that was not sent, so that its body can still be read
 * @param response read through a clone
 * @returns what is wrong, nothing if all is well
 */
export async function exchangeProblems(request: Request, response: Response): Promise<string[]> {
  const url = new URL(request.url);
  if (url.host !== "api.spotify.com") return [];
  const path = url.pathname.replace(/^\/v1/, "");
  const template = patterns.find(({ pattern }) => pattern.test(path))?.template;
  const operation = paths[template ?? ""]?.[request.method.toLowerCase()];
  const where = `${request.method} ${template ?? path} → ${response.status}`;
  if (operation === undefined) return response.status === 404 ? [] : [`${where}: no such operation is described`];
  const requestProblems = response.ok ? await problemsOfRequest(operation, url, request) : [];
  // What `fields` leaves of an answer is no whole object any more.
  if (response.ok && url.searchParams.has("fields")) return requestProblems;
  const answerProblems = await problemsOfAnswer(operation, `${request.method} ${template}`, response.clone());
  return [...requestProblems, ...answerProblems].map((problem) => `${where}: ${problem}`);
}

/** Throws if the exchange does not fit the description. */
export async function validateExchange(request: Request, response: Response): Promise<void> {
  const problems = await exchangeProblems(request, response);
  if (problems.length > 0)
    throw new Error(`The exchange does not fit the published description:\n${problems.join("\n")}`);
}

async function problemsOfRequest(operation: Operation, url: URL, request: Request): Promise<string[]> {
  const parameters = (operation.parameters ?? []).map(resolve).filter((parameter) => parameter.in === "query");
  const unknown = [...url.searchParams.keys()].filter(
    (name) => !parameters.some((parameter) => parameter.name === name),
  );
  const problems = unknown.map((name) => `the query parameter ${name} is not described`);
  for (const { name, required, schema = {} } of parameters) {
    const text = url.searchParams.get(name);
    if (text === null) {
      if (required === true) problems.push(`the query parameter ${name} is missing`);
      continue;
    }
    const number = Number(text);
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
    const fits = schema.type !== "integer" || (Number.isInteger(number) && number >= minimum && number <= maximum);
    if (!fits) problems.push(`the query parameter ${name} does not fit its schema: ${text}`);
  }
  const bodySchema = operation.requestBody?.content?.["application/json"]?.schema;
  const body = request.body === null ? "" : await request.clone().text();
  if (bodySchema !== undefined && body !== "") {
    const name = `${request.method} ${url.pathname.replaceAll(/[^/]{22}/g, "{id}")} body`;
    problems.push(...schemaProblems(name, bodySchema, JSON.parse(body)));
  }
  return problems;
}

async function problemsOfAnswer(operation: Operation, name: string, response: Response): Promise<string[]> {
  const described = operation.responses[String(response.status)];
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
  if (described === undefined) {
    if (response.ok) return ["the status is not described"];
    return isJson ? schemaProblems("any error", ERROR_SCHEMA, JSON.parse(text)) : [];
  }
  const answer = typeof described.$ref === "string" ? (lookUp(described.$ref) as Json) : described;
  const content = answer.content as Record<string, { schema?: unknown }> | undefined;
  const schema = content?.["application/json"]?.schema;
  if (schema === undefined) return text === "" ? [] : ["a body is not described"];
  if (!isJson) return response.ok ? ["the body is not JSON"] : [];
  return schemaProblems(`${name} ${response.status}`, schema, JSON.parse(text));
}

function schemaProblems(name: string, schema: unknown, value: unknown): string[] {
  const validate = validators.get(name) ?? ajv.compile(absoluteRefs(schema) as Json);
  validators.set(name, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
}

function resolve(parameter: Parameter | { readonly $ref: string }): Parameter {
  return "$ref" in parameter ? (lookUp(parameter.$ref) as Parameter) : parameter;
}

function lookUp(ref: string): unknown {
  return ref
    .replace(/^(?:spotify)?#\//, "")
    .split("/")
    .reduce<unknown>((node, key) => (node as Json)[key], description);
}

/** Reads the description, applies the exceptions, and turns OpenAPI 3.0's `nullable` into JSON Schema. */
function loadDescription(): Json {
  const root = parse(readFileSync(new URL("../fixtures/spotify.openapi.yml", import.meta.url), "utf8")) as Json;
  for (const { at, change } of DESCRIPTION_EXCEPTIONS) {
    const node = at.reduce<unknown>((parent, key) => (parent as Json | undefined)?.[key], root);
    if (typeof node !== "object" || node === null) throw new Error(`Nothing to except at ${at.join(" / ")}`);
    change(node as Json);
  }
  return toJsonSchema(root) as Json;
}

function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, discriminator: _, example: __, ...rest } = node as Json;
  const converted = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, toJsonSchema(value)]));
  return nullable === true ? { anyOf: [converted, { type: "null" }] } : converted;
}

function absoluteRefs(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(absoluteRefs);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node as Json).map(([key, value]) =>
    key === "$ref" && typeof value === "string" ? [key, value.replace(/^#/, "spotify#")] : [key, absoluteRefs(value)],
  );
  return Object.fromEntries(entries);
}

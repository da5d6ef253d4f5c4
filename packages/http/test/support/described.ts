import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

interface Answer {
  readonly method: string;
  readonly path: string;
  readonly response: Response;
  readonly text: string;
}
type Content = Readonly<Record<string, { readonly schema: object }>>;
type Operation = {
  /** Its own, where it does not stand below the base. */
  readonly servers?: readonly { readonly url: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
  readonly servers: readonly { readonly url: string }[];
}

const validators = new WeakMap<object, { readonly ajv: Ajv2020; readonly known: Map<string, ValidateFunction> }>();

/** What is wrong with an answer by the description: its status, its media type, its body. Nothing, if all is well. */
export function answerProblems(described: object, { method, path, response, text }: Answer): string[] {
  const description = described as Description;
  const [{ url: base } = { url: "" }] = description.servers;
  const { pathname } = new URL(path, "https://app.example");
  const route = pathname.slice(base === "/" ? 0 : base.length);
  const isThere = (template: string, own: Operation | undefined) =>
    new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`).test(own?.servers ? pathname : route);
  // Fixed ones first: `/services/connected` is no service of that name.
  const operation = Object.entries(description.paths)
    .sort(([a], [b]) => a.split("{").length - b.split("{").length)
    .find(([template, all]) => isThere(template, all[method.toLowerCase()]))?.[1][method.toLowerCase()];
  if (!operation) return response.status >= 400 ? [] : [`${method} ${route} is not described`];
  const answer = operation.responses[response.status] ?? operation.responses.default;
  if (!answer) return [`${method} ${route}: status ${response.status} is not described`];
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  if (!answer.content) return text === "" ? [] : [`${method} ${route}: a body that is not described`];
  const media = answer.content[type];
  if (!media) return [`${method} ${route}: media type "${type}" is not described for ${response.status}`];
  if (!type.endsWith("json") || type.endsWith("ndjson")) return [];
  const validate = validatorOf(description, media.schema);
  if (validate(JSON.parse(text))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${method} ${route}: ${instancePath} ${message}`);
}

function validatorOf(description: Description, schema: object): ValidateFunction {
  let kept = validators.get(description);
  if (!kept) {
    const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true })) as unknown as Ajv2020;
    ajv.addSchema({ $id: "api", components: description.components });
    kept = { ajv, known: new Map() };
    validators.set(description, kept);
  }
  const text = JSON.stringify(closed(schema)).replaceAll('"#/', '"api#/');
  const known = kept.known.get(text) ?? kept.ajv.compile(JSON.parse(text));
  kept.known.set(text, known);
  return known;
}

/** An answer with a field that is not described is wrong, too. */
function closed(schema: object): object {
  const { type, properties } = schema as { readonly type?: string; readonly properties?: object };
  return type === "object" && properties ? { unevaluatedProperties: false, ...schema } : schema;
}

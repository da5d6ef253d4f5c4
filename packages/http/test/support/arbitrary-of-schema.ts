import fc from "fast-check";

/** As much of JSON Schema as the description uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
}

const DEPTH = 6;

/**
 * Values that mostly have the form of a schema: now and then a field is missing, is of another type, or is one too many, as what
 * comes from outside is.
 */
export function arbitraryOf(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  text: fc.Arbitrary<string>,
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (one: Schema) => arbitraryOf(one, schemas, text, depth + 1);
  const form = (): fc.Arbitrary<unknown> => {
    if (depth > DEPTH) return fc.constant(null);
    if (schema.$ref) return inner(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return fc.oneof(...choices.map(inner));
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    switch ([schema.type].flat()[0]) {
      case "object":
        return objectOf(schema, inner);
      case "array":
        return fc.array(inner(schema.items ?? {}), { maxLength: 3 });
      case "boolean":
        return fc.boolean();
      case "integer":
        return fc.integer({ min: -2, max: 200 });
      case "number":
        return fc.double({ noNaN: true, min: -1, max: 2 });
      default:
        return schema.format === "uri" ? fc.oneof(fc.webUrl(), text) : text;
    }
  };
  return fc.oneof({ weight: 14, arbitrary: form() }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

function objectOf({ properties = {}, required = [] }: Schema, inner: (schema: Schema) => fc.Arbitrary<unknown>) {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inner(one)]));
  const whole = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  return fc.oneof(
    { weight: 10, arbitrary: whole },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: whole.map((value) => ({ ...value, surplus: 1 })) },
  );
}

/** A body by what it is, whatever its content type says: services label JSON as text, and error pages as JSON. */
export type ParsedBody =
  | { readonly kind: "empty"; readonly value: undefined }
  | { readonly kind: "json"; readonly value: unknown }
  /** Begins as an object or array of JSON and is none: cut off on the way, as a rule. */
  | { readonly kind: "broken-json"; readonly value: string }
  /** HTML or XML: a page of a proxy, a portal or a maintenance notice. */
  | { readonly kind: "markup"; readonly value: string }
  | { readonly kind: "text"; readonly value: string };

export function parseBody(text: string): ParsedBody {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "empty", value: undefined };
  if (trimmed.startsWith("<")) return { kind: "markup", value: text };
  if (!/^[{["\-\dtfn]/.test(trimmed)) return { kind: "text", value: text };
  try {
    return { kind: "json", value: JSON.parse(trimmed) };
  } catch {
    return { kind: /^[{[]/.test(trimmed) ? "broken-json" : "text", value: text };
  }
}

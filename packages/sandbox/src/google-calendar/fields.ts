import { GoogleRefusal, googleError } from "./errors.ts";

/** A selection: what of an object is shown, by name; `*` stands for every name. An empty selection is all of it. */
type Selection = Map<string, Selection>;

/** Cuts an answer down to what `fields` selects: `items(id,start/dateTime),nextPageToken`. Refusals stay whole. */
export async function selectFields(response: Response, fields: string | null): Promise<Response> {
  if (fields === null || !response.ok || response.status === 204) return response;
  const selection = parseFields(fields);
  const body: unknown = await response.json();
  return new Response(JSON.stringify(select(body, selection)), { headers: response.headers });
}

function parseFields(text: string): Selection {
  const reader = { text, at: 0 };
  const selection = parseList(reader);
  if (reader.at < text.length) throw invalidSelection(text);
  return selection;
}

interface Reader {
  readonly text: string;
  at: number;
}

function parseList(reader: Reader): Selection {
  const selection: Selection = new Map();
  do parseOne(reader, selection);
  while (take(reader, ","));
  return selection;
}

function parseOne(reader: Reader, into: Selection): void {
  const [name = ""] = /^[A-Za-z0-9_*-]*/.exec(reader.text.slice(reader.at)) ?? [];
  if (name === "") throw invalidSelection(reader.text);
  reader.at += name.length;
  const inner = into.get(name) ?? new Map();
  into.set(name, inner);
  if (take(reader, "/")) parseOne(reader, inner);
  else if (take(reader, "(")) {
    for (const [key, value] of parseList(reader)) inner.set(key, value);
    if (!take(reader, ")")) throw invalidSelection(reader.text);
  }
}

function take(reader: Reader, sign: string): boolean {
  if (reader.text[reader.at] !== sign) return false;
  reader.at += 1;
  return true;
}

function select(value: unknown, selection: Selection): unknown {
  if (selection.size === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => select(entry, selection));
  const shown = Object.entries(value).flatMap(([name, inner]) => {
    const chosen = selection.get(name) ?? selection.get("*");
    return chosen === undefined ? [] : [[name, select(inner, chosen)]];
  });
  return Object.fromEntries(shown);
}

function invalidSelection(text: string): GoogleRefusal {
  const detail = {
    reason: "invalidParameter",
    message: `Invalid field selection ${text}`,
    location: "fields",
  } as const;
  return new GoogleRefusal(googleError(400, { ...detail, locationType: "parameter" }));
}

import { alterBody } from "./wire.ts";

/** A way in which an answer can arrive that is none. */
export interface Malformation {
  /** Completes "an answer that is …". */
  readonly name: string;
  /** Whether it is one for an answer that holds no list (a profile, one item). */
  readonly ofSingles: boolean;
  /** Whether it is one for the answer to a write; emptiness is how many services say that a write is done. */
  readonly ofWrites: boolean;
  alter(response: Response): Promise<Response>;
}

const HTML = "<!doctype html><html><head><title>Sign in to the network</title></head><body>…</body></html>";

const everywhere = { ofSingles: true, ofWrites: true };
const ofLists = { ofSingles: false, ofWrites: false };

function replacedBy(name: string, body: string, contentType = "application/json"): Malformation {
  return {
    name,
    ...everywhere,
    alter: async () => new Response(body, { status: 200, headers: { "content-type": contentType } }),
  };
}

/** Status 2xx, and yet nothing that a service says. None of them may ever pass for an empty collection. */
export const malformations: readonly Malformation[] = [
  replacedBy("a page of HTML", HTML, "text/html; charset=utf-8"),
  replacedBy("a page of HTML that says it is JSON", HTML),
  { ...replacedBy("empty", ""), ofWrites: false },
  {
    name: "a 204 without a body",
    ofSingles: true,
    ofWrites: false,
    alter: async () => new Response(null, { status: 204 }),
  },
  { ...replacedBy("the word null", "null"), ofWrites: false },
  { ...replacedBy("an empty object", "{}"), ofWrites: false },
  replacedBy("an empty array", "[]"),
  replacedBy("a number", "42"),
  replacedBy("plain text", "upstream connect error", "text/plain"),
  {
    name: "cut off in the middle",
    ofSingles: true,
    ofWrites: false,
    alter: (response) => alterBody(response, (text) => text.slice(0, text.length / 2)),
  },
  {
    name: "without its lists",
    ...ofLists,
    alter: (response) => alterJson(response, (json) => replaceLists(json, undefined)),
  },
  {
    name: "null where it has lists",
    ...ofLists,
    alter: (response) => alterJson(response, (json) => replaceLists(json, null)),
  },
  {
    name: "an object where it has lists",
    ...ofLists,
    alter: (response) => alterJson(response, (json) => replaceLists(json, {})),
  },
  {
    name: "text where it has lists",
    ...ofLists,
    alter: (response) => alterJson(response, (json) => replaceLists(json, "none")),
  },
  {
    name: "numbers where it has list items",
    ...ofLists,
    alter: (response) => alterJson(response, (json) => replaceListItems(json)),
  },
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

function alterJson(response: Response, alter: (json: Json) => Json | undefined): Promise<Response> {
  return alterBody(response, (text) => JSON.stringify(alter(JSON.parse(text))) ?? "");
}

/** Replaces the outermost lists. */
function replaceLists(json: Json, replacement: Json | undefined): Json | undefined {
  if (Array.isArray(json)) return replacement;
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => {
      if (value === undefined) return [];
      const replaced = replaceLists(value, replacement);
      return replaced === undefined ? [] : [[key, replaced]];
    }),
  );
}

function replaceListItems(json: Json): Json {
  if (Array.isArray(json)) return json.map((_, index) => index);
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => (value === undefined ? [] : [[key, replaceListItems(value)]])),
  );
}

/** The same answer with every absolute address leading to another host. */
export function redirectAddresses(response: Response): Promise<Response> {
  return alterBody(response, (text) => text.replaceAll(/https?:\/\/[^/"\\\s]+/g, "https://elsewhere.invalid"));
}

import { badRequest } from "./errors.ts";

/** A parsed `fields` filter: names with the filter of what is inside, or `true` for all of it. */
type Selection = Map<string, Selection | true>;

/**
 * Applies a `fields` filter such as `total,items(added_at,track(name,album.id))`. Lists are filtered entry by entry;
 * names that do not exist are passed over.
 */
export function selectFields(value: object, fields: string | null): object {
  if (fields === null || fields === "") return value;
  const { selection, rest } = parse(fields);
  if (rest !== "") throw badRequest("Invalid fields parameter");
  return select(value, selection) as object;
}

function parse(text: string): { selection: Selection; rest: string } {
  const selection: Selection = new Map();
  let rest = text;
  while (true) {
    const name = /^\s*([A-Za-z_!]+(?:\.[A-Za-z_]+)*)\s*/.exec(rest);
    if (name?.[1] === undefined) throw badRequest("Invalid fields parameter");
    rest = rest.slice(name[0].length);
    let inner: Selection | true = true;
    if (rest.startsWith("(")) {
      const nested = parse(rest.slice(1));
      if (!nested.rest.startsWith(")")) throw badRequest("Invalid fields parameter");
      inner = nested.selection;
      rest = nested.rest.slice(1);
    }
    addPath(selection, name[1].split("."), inner);
    if (!rest.startsWith(",")) return { selection, rest };
    rest = rest.slice(1);
  }
}

function addPath(selection: Selection, path: readonly string[], inner: Selection | true): void {
  const [head = "", ...tail] = path;
  if (tail.length === 0) {
    selection.set(head, inner);
    return;
  }
  const known = selection.get(head);
  const child: Selection = known instanceof Map ? known : new Map();
  selection.set(head, child);
  addPath(child, tail, inner);
}

function select(value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) return value.map((entry) => select(entry, selection));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, content]) => {
    const inner = selection.get(name);
    if (inner === undefined) return [];
    return [[name, inner === true ? content : select(content, inner)] as const];
  });
  return Object.fromEntries(entries);
}

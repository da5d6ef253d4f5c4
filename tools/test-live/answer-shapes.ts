/** By request (`GET /me/tracks`): for every place in its answers (`items[].track.id`) the types that were seen there. */
export type AnswerShapes = Map<string, Map<string, Set<string>>>;

/** Notes the shape of every JSON answer. Only names and types are kept, no values. */
export function recordShapes(
  fetch: typeof globalThis.fetch,
  shapes: AnswerShapes,
): { readonly fetch: typeof globalThis.fetch; readonly count: () => number } {
  let requests = 0;
  return {
    count: () => requests,
    async fetch(input, init) {
      const request = new Request(input, init);
      requests += 1;
      const response = await fetch(request);
      // Refusals are provoked by the checks; what they look like is the failure checks' business.
      if (response.ok) {
        const text = await response.clone().text();
        noteShape(shapes, `${request.method} ${routeOf(new URL(request.url))}`, text);
      }
      return response;
    },
  };
}

/** Numbers, long words, and addresses, as calendars have them. */
const IS_ID = /\d{3,}|^[A-Za-z0-9]{20,}$|@|%40/;

/** The path with its ids taken out, so that two services' answers to the same question meet. */
export function routeOf(url: URL): string {
  return url.pathname
    .split("/")
    .map((segment) => (IS_ID.test(segment) ? segment.replace(/^(\w+:)?.*$/, "$1{id}") : segment))
    .join("/");
}

export function noteShape(shapes: AnswerShapes, request: string, text: string): void {
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    body = text;
  }
  // Deezer's refusals come with status 200 too.
  if (typeof body === "object" && body !== null && "error" in body) return;
  const places = shapes.get(request) ?? new Map<string, Set<string>>();
  shapes.set(request, places);
  notePlace(places, "", body);
}

function notePlace(places: Map<string, Set<string>>, place: string, value: unknown): void {
  const type = value === null ? "null" : value === undefined ? "empty" : Array.isArray(value) ? "array" : typeof value;
  places.set(place, (places.get(place) ?? new Set()).add(type));
  if (Array.isArray(value)) for (const element of value) notePlace(places, `${place}[]`, element);
  else if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value)) notePlace(places, place === "" ? name : `${place}.${name}`, part);
  }
}

/** What the live answers have and the sandbox's have not, and the other way round, for requests that both answered. */
export function compareShapes(live: AnswerShapes, sandbox: AnswerShapes): readonly string[] {
  const differences: string[] = [];
  for (const [request, places] of live) {
    const emulated = sandbox.get(request);
    if (!emulated) {
      differences.push(`${request}: asked of the live service only`);
      continue;
    }
    for (const place of new Set([...places.keys(), ...emulated.keys()])) {
      const [here, there] = [typesAt(places, place), typesAt(emulated, place)];
      // Nullable fields show null or a value by chance.
      if (withoutNull(here) === withoutNull(there) || here === "null" || there === "null") continue;
      if (hasLostParent(place, places, emulated)) continue;
      differences.push(`${request}: ${place || "(body)"} is ${here} live, ${there} in the sandbox`);
    }
  }
  return differences.toSorted();
}

/** Below a difference that is told already, everything differs. */
function hasLostParent(place: string, live: Map<string, Set<string>>, sandbox: Map<string, Set<string>>): boolean {
  const parent = place.replace(/(\.[^.[\]]+|\[\])$/, "");
  if (parent === place) return false;
  return !isContainer(live.get(parent)) || !isContainer(sandbox.get(parent)) || hasLostParent(parent, live, sandbox);
}

function isContainer(types: Set<string> | undefined): boolean {
  return types !== undefined && (types.has("object") || types.has("array"));
}

function typesAt(places: Map<string, Set<string>>, place: string): string {
  return [...(places.get(place) ?? ["absent"])].toSorted().join("|");
}

function withoutNull(types: string): string {
  return types
    .split("|")
    .filter((type) => type !== "null")
    .join("|");
}

/** Values that no type allows in the place of a request, and that JavaScript passes all the same. */
export const hostileValues: readonly (readonly [name: string, value: unknown])[] = [
  ["null", null],
  ["a number", 7],
  ["a negative number", -1],
  ["not a number", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["a big integer", 10n],
  ["a boolean", true],
  ["an empty text", ""],
  ["a text", "favourites, please"],
  ["a huge text", "x".repeat(1_000_000)],
  ["text with control characters", "a\u0000b\nc"],
  ["half a surrogate pair", "\ud83d"],
  ["an array", []],
  ["an array of nulls", [null, null]],
  ["an empty object", {}],
  ["an object without prototype", Object.create(null)],
  ["a polluting object", JSON.parse('{"__proto__":{"userId":"user-1","isAdmin":true},"constructor":{"prototype":{}}}')],
  [
    "an object of nulls",
    { userId: null, tenantId: null, service: null, connectionId: null, pairId: null, pairs: null },
  ],
  ["an object of numbers", { userId: 1, tenantId: 2, service: 3, connectionId: 4, pairId: 5, pairs: 6, type: 7 }],
  ["an object of objects", { userId: {}, service: {}, connectionId: {}, pairId: {}, pairs: {}, type: {}, options: [] }],
  ["an object without prototype inside", { userId: "nobody", type: Object.create(null), pairs: [Object.create(null)] }],
  ["a request with a huge id", { userId: "x".repeat(1_000_000), pairId: "p", connectionId: "c", service: "spotify" }],
  ["a symbol", Symbol("request")],
  ["a function", () => ({})],
  ["a date", new Date(0)],
  ["a map", new Map([["userId", "user-1"]])],
  ["a promise", Promise.resolve({})],
];

/** Every function that an object offers, its class's included, by name. */
export function functionsOf(object: object): readonly (readonly [name: string, call: (...args: never[]) => unknown])[] {
  const found = new Map<string, (...args: never[]) => unknown>();
  for (let level: object | null = object; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name === "constructor" || found.has(name)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(level, name);
      if (typeof descriptor?.value === "function") found.set(name, descriptor.value.bind(object));
    }
  }
  return [...found];
}

import { SyncerError } from "@syncer/core";
import { z } from "zod";
import {
  inCatalogue,
  inMapping,
  inOAuth,
  inPages,
  inProbe,
  inWrites,
  type Mutant,
  mutant,
  naive,
  page,
} from "./make-mutant.ts";

let unsteady = 0;

const MALFORMED_LISTINGS = "takes an answer that is";
/** Malformed answers where no list is expected. */
const MALFORMED_SINGLES = /^takes an answer that is .* neither for a profile/;

export const mutants: readonly Mutant[] = [
  // Definition
  mutant("a name with spaces", ["says who it is"], () => ({ name: "Juke Box" })),
  mutant("no rate", ["states limits"], ({ transport }) => ({
    transport: { ...transport, rateLimit: { ...transport.rateLimit, requests: 0 } },
  })),
  mutant("a scope that is never asked for", ["lists every scope"], () => ({ scopes: ["library:read"] })),
  mutant("no mapping", ["has a mapping"], () => ({ items: {} })),
  mutant("a policy without a day", ["states its service's data policy"], ({ dataPolicy }) => ({
    dataPolicy: { ...dataPolicy, readOn: "lately" },
  })),
  mutant("tokens over http", ["sends users and secrets"], ({ authorization }) =>
    authorization.kind === "oauth2"
      ? {
          authorization: {
            ...authorization,
            endpoints: { ...authorization.endpoints, token: "http://jukebox.example/t" },
          },
        }
      : {},
  ),
  mutant("a refusal without words", ["takes an https redirect URL"], ({ authorization }) =>
    authorization.kind === "oauth2" ? { authorization: { ...authorization, redirectProblem: () => "no" } } : {},
  ),

  // Signing in
  inOAuth(
    "sends codes to the wrong place",
    ["signs a user in", "takes the refusal of a used code"],
    ({ endpoints }) => ({
      endpoints: { ...endpoints, token: endpoints.authorize },
    }),
  ),
  inOAuth("forgets to prove that it began", ["signs a user in", "tells a user who refuses"], () => ({ pkce: false })),
  inOAuth("asks for a scope that the service does not have", ["signs a user in"], () => ({
    baseScopes: ["library:everything"],
  })),
  inOAuth("takes a refusal for a code", ["tells a user who refuses"], () => ({
    dialect: { readCallback: (query) => ({ code: query.get("code") ?? "none" }) },
  })),
  inOAuth("gives the same token for any code", ["takes the refusal of a used code", "renews tokens"], () => ({
    dialect: {
      exchangeCode: async () => ({ accessToken: "jukebox-access-0001", refreshToken: "none", expiresIn: 3_600 }),
    },
  })),
  mutant("has a new account at every sign-in", ["knows an account again"], ({ profile }) => ({
    async profile(session) {
      unsteady += 1;
      return { ...(await profile(session)), externalId: `u-${unsteady}` };
    },
  })),

  // Listing
  naive("says nothing about an empty collection", ["lists an empty collection"], { skipsEmptyPages: true }),
  inPages("lists backwards", ["lists every item"], ({ entries, ...rest }) => ({
    ...rest,
    entries: entries.toReversed(),
  })),
  inPages(
    "lists each item twice",
    ["lists every item"],
    page((entry) => [entry, entry]),
  ),
  naive("stops after the second page", ["lists every item", "gives the same items"], { givesUpAfter: 2 }),
  naive("asks for any page size", ["never asks for larger pages"], { anyPageSize: true }),
  naive("reads everything at once", ["reads page by page", "stops a listing"], { eager: true }),
  naive("gives each page a fingerprint of its own", ["gives a fingerprint"], { fingerprintPerPage: true }),
  naive("gives no fingerprint", ["gives a fingerprint", "probes a collection"], { noFingerprint: true }),
  inPages("counts one too many", ["states totals"], (listed) => ({ ...listed, total: (listed.total ?? 0) + 1 })),
  inPages(
    "tells times in seconds",
    ["tells in milliseconds"],
    page((entry) => [entry.state === "listed" ? { ...entry, addedAtMs: (entry.addedAtMs ?? 0) / 1_000 } : entry]),
  ),
  inPages(
    "leaves out what it cannot read",
    ["reports rows"],
    page((entry) => (entry.state === "listed" ? [entry] : [])),
  ),
  naive("goes round in circles", ["stops when every page"], { noLoopGuard: true }),
  naive("follows links", ["never goes to an address"], { followsLinks: true }),
  naive(
    "takes every failure for the end",
    [
      /^takes an answer that is .* never for an empty collection$/,
      "takes a malformed answer in the middle",
      "turns every refusal",
      "does nothing for a session",
      "stops a listing when its session",
      "gives up a request",
      "stops when every page",
    ],
    { swallowsErrors: true },
  ),
  naive(
    "takes whatever comes for a page",
    [`${MALFORMED_LISTINGS} an empty object for`, `${MALFORMED_LISTINGS} without its lists`],
    {},
    true,
  ),
  naive("throws errors without a type", ["turns every refusal"], { untypedErrors: true }),

  // Probe
  inProbe(
    "has another fingerprint at every look",
    ["probes a collection", "finds the listing's fingerprint"],
    (fingerprint) => {
      unsteady += 1;
      return `${fingerprint}-${unsteady}`;
    },
  ),
  inProbe("has one fingerprint for ever", ["finds another fingerprint by a probe when an item has been"], () => "1"),
  inProbe("has a fingerprint of its own for emptiness", ["probes an empty collection"], (fingerprint, rows) =>
    rows === 0 ? "empty" : fingerprint,
  ),

  // Writing
  inWrites("sends one request per item", ["adds a batch", "takes a batch"], ({ add }) => ({
    add: async (session, ids) => (await Promise.all(ids.map((id) => add(session, [id])))).flat(),
  })),
  inWrites("answers in another order", ["adds a batch"], ({ add }) => ({
    add: async (session, ids) => (await add(session, ids)).toReversed(),
  })),
  inWrites("declares larger batches than it can send", ["takes a batch"], () => ({
    batchSize: { add: 30, remove: 25 },
  })),
  inWrites("says written whatever happens", ["says of no item that it was written when"], ({ add, remove }) => ({
    add: (session, ids) =>
      add(session, ids)
        .catch(() => [])
        .then(() => ids.map((id) => ({ id, result: "written" as const }))),
    remove: (session, ids) =>
      remove(session, ids)
        .catch(() => [])
        .then(() => ids.map((id) => ({ id, result: "written" as const }))),
  })),
  inWrites("refuses what is there", ["adds what is there already"], ({ add }) => ({
    add: async (session, ids) =>
      (await add(session, ids)).map(({ id, result }) => ({
        id,
        result: result === "already-there" ? "refused" : result,
      })),
  })),
  inWrites("removes nothing", ["removes items"], () => ({
    remove: async (_, ids) => ids.map((id) => ({ id, result: "written" as const })),
  })),
  inWrites("refuses to remove what is not there", ["answers the removal"], ({ remove }) => ({
    remove: async (session, ids) =>
      (await remove(session, ids)).map(({ id, result }) => ({
        id,
        result: result === "not-found" ? "refused" : result,
      })),
  })),

  // Catalogue
  inCatalogue("gives an empty list for a key without a hit", ["leaves keys without a hit"], ({ lookups }) => ({
    lookups: {
      isrc: {
        batchSize: 10,
        async find(session, keys) {
          const found = await lookups.isrc!.find(session, keys);
          return new Map(keys.map((key) => [key, found.get(key) ?? []]));
        },
      },
    },
  })),
  inCatalogue("looks up key by key", ["leaves keys without a hit"], ({ lookups }) => ({
    lookups: {
      isrc: {
        batchSize: 10,
        find: async (session, keys) =>
          new Map(
            (await Promise.all(keys.map((key) => lookups.isrc!.find(session, [key])))).flatMap((found) => [...found]),
          ),
      },
    },
  })),
  inCatalogue(
    "finds nothing when a lookup fails",
    ["throws when a lookup", `${MALFORMED_LISTINGS} empty neither`],
    ({ lookups }) => ({
      lookups: {
        isrc: { batchSize: 10, find: (session, keys) => lookups.isrc!.find(session, keys).catch(() => new Map()) },
      },
    }),
  ),
  inCatalogue("finds something else by a key", ["finds an item by its key"], ({ lookups }) => ({
    lookups: {
      isrc: {
        batchSize: 10,
        find: async (session, keys) =>
          new Map([...(await lookups.isrc!.find(session, ["GBJBX2400008"]))].map(([, hits]) => [keys[0]!, hits])),
      },
    },
  })),
  inCatalogue("knows no item when the question fails", ["throws when a lookup", MALFORMED_SINGLES], ({ get }) => ({
    get: (session, id) => get(session, id).catch(() => ({ state: "unknown-id" as const })),
  })),
  inCatalogue("finds nothing", ["finds an item by title"], ({ search }) => ({
    search: { limit: search!.limit, find: async () => [] },
  })),
  inCatalogue("searches for a title as it is", ["defuses quotes", "searches for anything"], ({ search }) => ({
    search: {
      limit: search!.limit,
      find: (session, query) =>
        session.http
          .request({
            method: "GET",
            base: "https://api.jukebox.example/v2",
            route: "/search",
            query: query.by === "words" ? { words: query.words } : { title: query.title, performer: query.artist },
            schema: z.object({ songs: z.array(z.unknown()) }),
            purpose: "search",
          })
          .then(({ songs }) => songs),
    },
  })),
  inCatalogue("takes a withdrawn item for an available one", ["says that an item is unavailable"], ({ get }) => ({
    get: async (session, id) => {
      const item = await get(session, id);
      return item.state === "unavailable" ? { state: "available", native: item.native } : item;
    },
  })),
  inCatalogue("takes every item for a withdrawn one", ["says that an item is available"], ({ get }) => ({
    get: async (session, id) => {
      const item = await get(session, id);
      return item.state === "available" ? { state: "unavailable" } : item;
    },
  })),
  inCatalogue("throws for an unknown id", ["says that an id is unknown"], ({ get }) => ({
    get: async (session, id) => {
      const item = await get(session, id);
      if (item.state === "unknown-id") throw new TypeError("no such item");
      return item;
    },
  })),

  // Mapping
  inMapping("gives lengths in seconds", ["gives lengths"], (track, { length }) => ({
    ...track,
    durationMs: Math.round(length),
  })),
  inMapping("gives lengths in microseconds", ["gives lengths"], (track) => ({
    ...track,
    durationMs: (track.durationMs ?? 0) * 1_000,
  })),
  inMapping("changes the native item", ["maps without side effects"], (track, native) => {
    native.length += 1;
    return track;
  }),
  inMapping("never maps the same way", ["maps without side effects"], (track) => {
    unsteady += 1;
    return { ...track, trackNumber: unsteady };
  }),
  inMapping("passes codes on as they come", ["maps every item"], (track) => ({ ...track, isrc: "gb-jbx-24-00007" })),
  inMapping("names another id", ["gives every item the id"], (track) => ({
    ...track,
    externalIds: { jukebox: "jb-1" },
  })),
  inMapping("writes empty texts", ["leaves out what the service"], (track) => ({ ...track, album: track.album ?? "" })),

  // Failures
  mutant("stumbles over an answer without a body", ["judges answers"], ({ transport }) => ({
    transport: {
      ...transport,
      classify: (answer, request) =>
        "fault" in Object(answer.body) ? undefined : transport.classify(nonNull(answer), request),
    },
  })),
  mutant("takes refusals for answers", ["judges answers"], ({ transport }) => ({
    transport: { ...transport, classify: () => undefined },
  })),
  mutant("takes failing servers for missing items", ["never takes a failing server"], ({ transport }) => ({
    transport: { ...transport, classify: ({ status }) => (status >= 400 ? { kind: "not-found" } : undefined) },
  })),
  mutant("repeats the service's words", ["gives failures short codes"], ({ transport }) => ({
    transport: {
      ...transport,
      classify: ({ status, body }) => (status >= 400 ? { kind: "forbidden", reason: JSON.stringify(body) } : undefined),
    },
  })),
  mutant("makes a profile of a refusal", ["does not read the profile", MALFORMED_SINGLES], ({ profile }) => ({
    profile: (session) => profile(session).catch(() => ({ externalId: "nobody" })),
  })),

  // Sessions
  mutant("talks in clear", ["talks to its service over https"], (provider) => ({
    profile: (session) =>
      provider.profile({
        ...session,
        http: {
          ...session.http,
          request: (request) => session.http.request({ ...request, base: "http://api.jukebox.example/v2" }),
          exchange: (request) => session.http.exchange(request),
        },
      }),
  })),
  mutant("does not sign", ["signs requests"], ({ transport }) => ({
    transport: {
      ...transport,
      authorize: (_, { headers }) => headers.set("authorization", "Bearer jukebox-access-0001".replace("0001", "0000")),
    },
  })),
  inCatalogue("tells what it searched for in its errors", ["lets neither tokens"], ({ search }) => ({
    search: {
      limit: search!.limit,
      find: (session, query) =>
        search!.find(session, query).catch((error: unknown) => {
          throw new TypeError(`Searching for ${JSON.stringify(query)} failed`, { cause: error });
        }),
    },
  })),

  // Account
  mutant("has a new account at every look", ["reads the user's profile"], ({ profile }) => ({
    async profile(session) {
      unsteady += 1;
      return { ...(await profile(session)), externalId: `u-${unsteady}` };
    },
  })),
  mutant("is always healthy", ["does not find its service healthy"], ({ health }) => ({
    health: async (session) => {
      await health(session).catch(() => undefined);
      return { status: "healthy" };
    },
  })),
  mutant("needs a user to be healthy", ["finds its service healthy"], ({ profile }) => ({
    health: async (session) => profile(session).then(() => ({ status: "healthy" as const })),
  })),
  mutant("takes any token for a working one", ["tells working tokens"], () => ({ validateTokens: async () => true })),
  mutant("calls tokens dead when the service fails", ["does not call a token dead"], ({ validateTokens }) => ({
    validateTokens: (session) => validateTokens(session).catch((error) => !SyncerError.is(error)),
  })),
  mutant("never says that it is complete", ["gives everything of the user"], ({ syncUserData }) => ({
    async *syncUserData(session, since) {
      for await (const result of syncUserData(session, since)) yield { ...result, complete: false };
    },
  })),
  mutant("gives everything whatever is asked", ["gives only what was added"], ({ syncUserData }) => ({
    syncUserData: (session) => syncUserData(session),
  })),
];

function nonNull<T extends { readonly body: unknown }>(answer: T): T {
  if (answer.body === null || answer.body === undefined) throw new TypeError("Cannot read properties of null");
  return answer;
}

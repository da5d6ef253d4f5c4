import { describe, expect, it } from "vitest";
import { CatalogueSearcher } from "../../src/engine/membership/catalogue-search.ts";
import type { Resolution, Seeker } from "../../src/engine/membership/resolve.ts";
import { searchQueries } from "../../src/engine/membership/search-queries.ts";
import type { RunContext } from "../../src/engine/runs/run-context.ts";
import {
  type Catalogue,
  createMatcher,
  describeReason,
  type SearchQuery,
  serviceError,
  systemClock,
  type UniversalTrack,
} from "../../src/index.ts";
import { Shelf } from "./support/shelf.ts";

const matcher = createMatcher();
const code = "GBXYZ2400123";
const durationMs = 214_000;
const seekerOf = (item: UniversalTrack): Seeker => ({ key: "k", origin: "a", itemId: "1", item, heldOnly: false });

function track(title: string, fields: Partial<UniversalTrack> = {}, id = "r1"): UniversalTrack {
  return { title, artists: ["Ann Vale"], durationMs, externalIds: { right: id }, ...fields };
}

interface Script {
  readonly batchSize?: number;
  /** Answers to lookups, by code; an error is thrown. */
  readonly codes?: Readonly<Record<string, readonly UniversalTrack[] | Error>>;
  readonly search?: (query: SearchQuery) => readonly UniversalTrack[];
  readonly has?: (id: string) => boolean;
}

/** A catalogue that answers as it is told and writes down what it was asked. */
async function findAll(items: readonly UniversalTrack[], { batchSize = 1, codes = {}, search, has }: Script) {
  const asked: string[] = [];
  const catalogue: Catalogue = {
    lookups: {
      isrc: {
        batchSize,
        find: async (_session, keys) => {
          expect(keys.length).toBeLessThanOrEqual(batchSize);
          asked.push(keys.join(","));
          const answers = keys.map((key) => [key, codes[key] ?? []] as const);
          for (const [, answer] of answers) if (answer instanceof Error) throw answer;
          return new Map(answers as readonly (readonly [string, readonly UniversalTrack[]])[]);
        },
      },
    },
    ...(search
      ? {
          search: {
            limit: 3,
            find: async (_session, query) => {
              asked.push(textOf(query));
              return search(query);
            },
          },
        }
      : {}),
    get: async () => ({ state: "unknown-id" }),
  };
  const provider = {
    ...new Shelf("right", [], systemClock()).provider(),
    items: { track: { toUniversal: (native: UniversalTrack) => native } },
  };
  const context = { to: { provider, session: {} } } as unknown as RunContext;
  const seekers = items.map((item) => ({ seeker: seekerOf(item), prepared: matcher.prepare(item) }));
  const searcher = new CatalogueSearcher(
    context,
    { kind: "track", catalogue, matcher },
    { seekers, has: has ?? (() => false) },
  );
  const resolutions = await Promise.all(
    seekers.map(
      async (each): Promise<Resolution | "failed"> => await searcher.find(each).catch(() => "failed" as const),
    ),
  );
  return { asked, resolutions };
}

async function find(item: UniversalTrack, script: Script) {
  const { asked, resolutions } = await findAll([item], script);
  const [resolution] = resolutions;
  if (!resolution || resolution === "failed") throw new Error("the search failed");
  return { asked, resolution };
}

function textOf(query: SearchQuery): string {
  if (query.by === "words") return `words: ${query.words}`;
  return [query.title, query.artist, query.album].filter(Boolean).join(" / ");
}

const sentence = (resolution: Resolution): string => (resolution.found ? "" : describeReason(resolution.reason));
const source = track("Paper Kites", { isrc: code });
const live = track("Paper Kites (Live)");

describe("the catalogue of the side that is written", () => {
  it("is asked once for what its code gives", async () => {
    const { asked, resolution } = await find(source, { codes: { [code]: [source] }, search: () => [source] });
    expect(resolution).toMatchObject({ found: true, toId: "r1", match: { by: "lookup" } });
    expect(asked).toEqual([code]);
  });

  it("is searched in words after an empty lookup", async () => {
    const { asked, resolution } = await find(source, { search: () => [track("Paper Kites")] });
    expect(resolution).toMatchObject({ found: true, match: { by: "search" } });
    expect(asked).toEqual([code, "Paper Kites / Ann Vale"]);
  });

  it.each([
    ["another song", track("Long Road", { isrc: code, artists: ["Bo Lund"] })],
    ["a live take", track("Paper Kites (Live)", { isrc: code })],
    ["another length", track("Paper Kites", { isrc: code, durationMs: durationMs + 60_000 })],
  ])("is not trusted when the code gives %s", async (_, wrong) => {
    const { asked, resolution } = await find(source, { codes: { [code]: [wrong] }, search: () => [] });
    expect(resolution.found).toBe(false);
    expect(asked.length).toBeGreaterThan(1);
  });

  it("is asked nothing more when a search shows all that there is, and that is something else", async () => {
    const { asked, resolution } = await find(source, { search: () => [live] });
    expect(resolution).toMatchObject({ found: false, verdict: "not-found" });
    expect(asked).toEqual([code, "Paper Kites / Ann Vale"]);
  });

  it("is asked in plain words and without the artist when a search gives nothing, each query once", async () => {
    const { asked, resolution } = await find(track("Paper Kites (feat. Bo Lund) - 2011 Remaster"), {
      search: () => [],
    });
    expect(asked).toEqual(["Paper Kites / Ann Vale", "words: Ann Vale Paper Kites", "Paper Kites"]);
    expect(sentence(resolution)).toBe("Nothing of the kind was found on right.");
  });

  it("is asked no further once a wider search has found it", async () => {
    const search = (query: SearchQuery) => (query.by === "words" ? [track("Paper Kites")] : []);
    const { asked, resolution } = await find(track("Paper Kites"), { search });
    expect(resolution.found).toBe(true);
    expect(asked).toEqual(["Paper Kites / Ann Vale", "words: Ann Vale Paper Kites"]);
  });

  it("is asked in Latin letters for what is written in others", async () => {
    const cuckoo = track("Кукушка", { artists: ["Полина Гагарина"] });
    const latin = track("Kukushka", { artists: ["Polina Gagarina"] });
    const search = (query: SearchQuery) =>
      query.by === "words" && /^polina gagarina kukushka$/i.test(query.words) ? [latin] : [];
    expect((await find(cuckoo, { search })).resolution).toMatchObject({ found: true });
  });

  it("is asked more narrowly when a full page holds others only", async () => {
    const remix = track("Paper Kites (Nova Remix)");
    const page = [live, track("Paper Kites", { artists: ["Bo Lund"] }, "r2"), track("Paper Kites (Demo)", {}, "r3")];
    const search = (query: SearchQuery) => (textOf(query).includes("Nova Remix") ? [remix] : page);
    const { asked, resolution } = await find(remix, { search });
    expect(resolution.found).toBe(true);
    expect(asked).toEqual(["Paper Kites / Ann Vale", "words: Ann Vale Paper Kites (Nova Remix)"]);
    const onAlbum = await find(track("Paper Kites", { album: "Harbour (Deluxe)" }), { search: () => page });
    expect(onAlbum.asked).toEqual(["Paper Kites / Ann Vale", "Paper Kites / Ann Vale / Harbour"]);
  });

  it("is searched for a playable copy when the code gives one that is not", async () => {
    const unplayable = track("Paper Kites", { isrc: code, playable: false });
    const playable = track("Paper Kites", { playable: true }, "r2");
    const script = { codes: { [code]: [unplayable] } };
    const found = await find(source, { ...script, search: () => [unplayable, playable] });
    expect(found.resolution).toMatchObject({ found: true, toId: "r2" });
    const missed = await find(source, { ...script, search: () => [] });
    expect(missed.resolution).toMatchObject({ found: false, verdict: "unplayable" });
    expect(sentence(missed.resolution)).toBe("right has it, but not playable for this user.");
  });

  it("says of what it offers instead why that is not it", async () => {
    const other = track("Paper Kites", { artists: ["Bo Lund"] }, "r2");
    expect(sentence((await find(source, { search: () => [other] })).resolution)).toBe(
      "right offers 1 alike, but not it: other artists.",
    );
    expect(sentence((await find(source, { search: () => [other, live] })).resolution)).toBe(
      "right offers 2 alike, but not it: other versions.",
    );
    const longer = track("Paper Kites", { durationMs: 2 * durationMs });
    expect(sentence((await find(source, { search: () => [longer] })).resolution)).toBe(
      "right offers 1 alike, but not it: of another length.",
    );
    const nameless = track("Paper Kites", { artists: [] });
    expect(sentence((await find(track("Paper Kites Over Town"), { search: () => [nameless] })).resolution)).toMatch(
      /^right offers 1 alike; the best of them is only \d+ % sure\.$/,
    );
    const unsure = track("Paper Kites - Radio Edit", { durationMs: undefined } as unknown as Partial<UniversalTrack>);
    expect((await find(source, { search: () => [unsure] })).resolution).toMatchObject({ verdict: "uncertain" });
  });

  it("gives, of copies that are as good, the one that the side has already", async () => {
    const copies = [track("Paper Kites"), track("Paper Kites", {}, "r2")];
    const script = { search: () => copies };
    expect((await find(track("Paper Kites"), script)).resolution).toMatchObject({ toId: "r1" });
    const held = { ...script, has: (id: string) => id === "r2" };
    expect((await find(track("Paper Kites"), held)).resolution).toMatchObject({ toId: "r2" });
  });

  it("is not searched where the service has no search", async () => {
    expect((await find(source, {})).asked).toEqual([code]);
  });
});

describe("codes", () => {
  const codes = ["GBXYZ2400001", "GBXYZ2400002", "GBXYZ2400003", "GBXYZ2400004", "GBXYZ2400005"] as const;
  const items = codes.map((isrc, i) => track(`Song ${i}`, { isrc }, `r${i}`));
  const answers = Object.fromEntries(items.map((item) => [item.isrc ?? "", [item]]));
  const ids = (resolutions: readonly (Resolution | "failed")[]) =>
    resolutions.map((each) => (each === "failed" ? each : each.found ? each.toId : each.verdict));

  it("go several to a request where the service takes them", async () => {
    const { asked, resolutions } = await findAll(items, { batchSize: 2, codes: answers });
    expect(asked).toEqual([codes.slice(0, 2).join(","), codes.slice(2, 4).join(","), codes[4]]);
    expect(ids(resolutions)).toEqual(["r0", "r1", "r2", "r3", "r4"]);
  });

  it("are asked for once however many items have them", async () => {
    const [one] = items;
    if (!one) throw new Error("there is one");
    const { asked, resolutions } = await findAll([one, one, one], { codes: answers });
    expect(asked).toEqual([codes[0]]);
    expect(ids(resolutions)).toEqual(["r0", "r0", "r0"]);
  });

  it("that a service chokes on do not cost the others of their request theirs", async () => {
    const invalid = serviceError("right", "/tracks", 400, { kind: "invalid", reason: "isrc" });
    const script = { batchSize: 3, codes: { ...answers, [codes[1]]: invalid } };
    const { asked, resolutions } = await findAll(items.slice(0, 3), script);
    expect(asked).toEqual([codes.slice(0, 3).join(","), ...codes.slice(0, 3)]);
    expect(ids(resolutions)).toEqual(["r0", "not-found", "r2"]);
  });

  it("fail together when the service does", async () => {
    const down = serviceError("right", "/tracks", 401, { kind: "unauthorized" });
    const script = { batchSize: 3, codes: { ...answers, [codes[1]]: down } };
    const { asked, resolutions } = await findAll(items.slice(0, 3), script);
    expect(asked).toHaveLength(1);
    expect(ids(resolutions)).toEqual(["failed", "failed", "failed"]);
  });
});

describe("queries for a track", () => {
  const queries = (item: UniversalTrack) => searchQueries("track", item, matcher.romanise);

  it.each([
    ["brackets", "Paper Kites (Nova Remix)"],
    ["square brackets", "Paper Kites [Live]"],
    ["a dash tail", "Paper Kites - 2011 Remaster"],
    ["guests", "Paper Kites feat. Bo Lund"],
    ["several of them", "Paper Kites (feat. Bo Lund) [Live] – Remastered"],
  ])("leave out %s", (_, title) => {
    expect(queries(track(title)).first).toEqual({ by: "fields", title: "Paper Kites", artist: "Ann Vale" });
  });

  it("keep a title that is all brackets, and ask nothing twice for a track without an artist", () => {
    expect(queries(track("(Intro)", { artists: [] }))).toEqual({
      first: { by: "fields", title: "(Intro)" },
      wider: [{ by: "words", words: "(Intro)" }],
      narrower: [],
    });
  });

  it("are bounded for a hostile title", () => {
    const { first } = queries(track(" (".repeat(50_000)));
    expect(textOf(first).length).toBeLessThan(400);
  });
});

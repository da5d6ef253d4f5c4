import { describe, expect, it } from "vitest";
import { connectedHost } from "../support/host.ts";
import { dump, expectRefusal, untyped } from "./support/refusals.ts";

const PAIR = { source: "spotify", target: "deezer", mode: "sync-from" } as const;
const REQUEST = { userId: "user-1", pairs: [PAIR], type: "favorites" } as const;

describe("a selection or a prefix that cannot be", () => {
  const at = (path: string) => new RegExp(`^request\\.options\\.${path.replaceAll(".", "\\.")}: `);
  const mistakes: readonly (readonly [string, string, RegExp, unknown])[] = [
    ["of something that is no list", "select", /object/, { select: ["a"] }],
    ["with a word that there is not", "select", /playlists/, { select: { playlists: ["a"] } }],
    ["by ids of no side", "select.ids", /name a side/, { select: { ids: {} } }],
    ["by ids of a service", "select.ids", /spotify/, { select: { ids: { spotify: ["a"] } } }],
    ["by no id", "select.ids.source", /pause the pair/, { select: { ids: { source: [] } } }],
    ["by an empty id", "select.ids.source.0", /not empty/, { select: { ids: { source: [""] } } }],
    [
      "by an id that no request can carry",
      "select.ids.target.0",
      /no service/,
      { select: { ids: { target: [".."] } } },
    ],
    ["by a number", "select.ids.target.0", /string/, { select: { ids: { target: [7] } } }],
    [
      "by thousands of ids",
      "select.ids.source",
      /at most 1000/,
      { select: { ids: { source: Array.from({ length: 1_001 }, (_, n) => `id${n}`) } } },
    ],
    [
      "of an id that it leaves out as well",
      "select.exceptIds.source",
      /take it out of one/,
      { select: { ids: { source: ["a"] }, exceptIds: { source: ["b", "a"] } } },
    ],
    ["by a rule for names that is none", "select.names.0", /startsWith/, { select: { names: ["Sunday"] } }],
    ["by an empty name", "select.names.0.equals", /not empty/, { select: { names: [{ equals: " " }] } }],
    [
      "by a name of two lines",
      "select.names.0.startsWith",
      /line breaks/,
      { select: { names: [{ startsWith: "a\nb" }] } },
    ],
    ["by no name", "select.names", /at least one/, { select: { names: [] } }],
    ["by half a list", "select.size.min", /whole number/, { select: { size: { min: 0.5 } } }],
    ["by less than nothing", "select.size.max", /0 or more/, { select: { size: { max: -1 } } }],
    ["by sizes that no list has", "select.size", /not above/, { select: { size: { min: 9, max: 8 } } }],
    ["a text for both sides", "prefix", /object/, { prefix: "[S] " }],
    ["a prefix of pages", "prefix.target", /at most 50/, { prefix: { target: "x".repeat(51) } }],
    ["a prefix of two lines", "prefix.target", /line breaks/, { prefix: { target: "a\nb" } }],
    ["a prefix that services would trim", "prefix.target", /beginning/, { prefix: { target: " [S]" } }],
    ["a prefix where no copies are made", "prefix.source", /"target"/, { prefix: { source: "[D] " } }],
  ];

  it.each(mistakes)("%s: %s", async (_name, path, words, options) => {
    const host = await connectedHost();
    const request = { ...REQUEST, type: "playlists" } as const;
    await host.engine.sync(request);
    const before = await dump(host);
    const asked = untyped({ ...request, options });
    const error = await expectRefusal(() => host.engine.sync(asked), "request.invalid");
    expect(error.message).toMatch(at(path));
    expect(error.message).toMatch(words);
    await expectRefusal(() => host.engine.plan(asked), "request.invalid");
    const [pair] = await host.engine.pairs.list({ userId: "user-1" });
    const ref = { userId: "user-1", pairId: pair?.id ?? "" };
    await expectRefusal(() => host.engine.pairs.rescope(ref, { options: untyped(options) }), "request.invalid");
    expect(await dump(host)).toBe(before);
  });

  it.each(["select", "prefix"] as const)("%s of favourites, which are no lists", async (option) => {
    const host = await connectedHost({ favourites: 1 });
    const error = await expectRefusal(
      () => host.engine.sync({ ...REQUEST, options: { [option]: {} } }),
      "request.invalid",
    );
    expect(error.message).toMatch(at(option));
    expect(error.message).toMatch(/playlists.*leave it out/);
  });
});

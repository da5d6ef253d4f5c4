import { type AnyProvider, ConfigurationError, defineProvider, ProviderRegistry, type SyncType } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { leftRecordings } from "../engine/support/recordings.ts";
import { Shelf } from "../engine/support/shelf.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const shelf = new Shelf("shelf", leftRecordings, virtualClock()).provider();
const { favorites } = shelf.collections;
if (!favorites) throw new Error("a shelf has favourites");

/** The shelf's set of references, called an album's. */
const albums = { ...favorites, kind: "album" } as typeof favorites;
const toUniversal = () => ({ name: "Tide", artists: [], externalIds: {} });
const album = shelf.catalogues?.track;
if (!album) throw new Error("a shelf has a catalogue");

function problemsOf(change: object): readonly string[] {
  try {
    defineProvider({ ...shelf, ...change } as AnyProvider as Parameters<typeof defineProvider>[0]);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path }) => path);
  }
}

describe("a provider with catalogues", () => {
  it("maps what they find", () => {
    expect(problemsOf({ catalogues: { ...shelf.catalogues, album } })).toEqual(["provider(shelf).items.album"]);
    expect(problemsOf({ catalogues: { album }, items: { ...shelf.items, album: { toUniversal } } })).toEqual([]);
  });

  it("has items of the kind that a known sync type holds", () => {
    expect(problemsOf({ collections: { albums: favorites } })).toEqual(["provider(shelf).collections.albums.kind"]);
    const items = { ...shelf.items, album: { toUniversal } };
    expect(problemsOf({ collections: { albums }, items })).toEqual([]);
    expect(problemsOf({ collections: { shelves: albums }, items })).toEqual([]);
  });

  it("is written where the kind has a catalogue, and only there", () => {
    const provider = (name: string, catalogues: AnyProvider["catalogues"]): AnyProvider => ({
      ...shelf,
      name,
      collections: { albums, favorites },
      ...(catalogues ? { catalogues } : {}),
    });
    const modes = (from: AnyProvider, to: AnyProvider, type: SyncType) => {
      const [pair] = new ProviderRegistry([from, to]).supportedPairs();
      return pair?.types.find((each) => each.type === type)?.modes ?? [];
    };
    const [both, tracks] = [provider("both", { track: album, album }), provider("tracks", { track: album })];
    expect(modes(both, tracks, "albums")).toEqual(["sync-to"]);
    expect(modes(both, tracks, "favorites")).toEqual(["sync-from", "sync-to", "bidirectional"]);
    expect(modes(tracks, provider("none", undefined), "albums")).toEqual([]);
  });
});

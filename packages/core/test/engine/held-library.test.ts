import { describe, expect, it } from "vitest";
import { heldLibrary } from "../../src/engine/membership/held-library.ts";
import { createMatcher, type ListedEntry, systemClock, type UniversalTrack } from "../../src/index.ts";
import { Shelf } from "./support/shelf.ts";

const matcher = createMatcher();
const provider = {
  ...new Shelf("right", [], systemClock()).provider(),
  items: { track: { toUniversal: (native: UniversalTrack) => native } },
};

type Change = { readonly [K in keyof UniversalTrack]?: UniversalTrack[K] | undefined } & { readonly id?: string };

/** A recording; a field given as `undefined` is left out. */
function track({ id = "r1", ...change }: Change = {}): UniversalTrack {
  const whole = {
    title: "Paper Kites",
    artists: ["Ann Vale"],
    album: "Coastline",
    durationMs: 214_000,
    isrc: "GBXYZ2400123",
    externalIds: { right: id },
    ...change,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as UniversalTrack;
}

function held(...tracks: readonly UniversalTrack[]): ListedEntry<unknown>[] {
  return tracks.map((native) => ({ state: "listed", id: native.externalIds.right ?? "", native }));
}

describe("what the side that is written holds", () => {
  it("is found by its code without weighing when words and length are equal too", () => {
    const library = heldLibrary(provider, "track", matcher, held(track()));
    expect(library.byEquality(track({ durationMs: 215_500 }))).toMatchObject({
      toId: "r1",
      by: "held-key",
      verdict: "matched",
    });
  });

  it.each<[string, Change]>([
    ["another title", { title: "Paper Kites (Live)" }],
    ["another artist", { artists: ["Somebody Else"] }],
    ["another length", { durationMs: 217_000 }],
    ["an unknown length", { durationMs: undefined }],
    ["another explicit flag", { explicit: false }],
  ])("is weighed, not taken, when the code is equal and there is %s", (_, change) => {
    const library = heldLibrary(provider, "track", matcher, held(track({ explicit: true })));
    expect(library.byEquality(track({ explicit: true, ...change }))).toBeUndefined();
  });

  it("is weighed when several copies share the code", () => {
    const library = heldLibrary(provider, "track", matcher, held(track(), track({ id: "r2" })));
    expect(library.byEquality(track())).toBeUndefined();
    expect(library.byKey(track(), matcher.prepare(track()))).toMatchObject({ by: "held-key", verdict: "matched" });
  });

  it("is found by the matcher where codes differ", () => {
    const library = heldLibrary(provider, "track", matcher, held(track({ isrc: "USABC0000001" })));
    expect(library.byMatch(matcher.prepare(track()))).toMatchObject({ toId: "r1", by: "held-match" });
    expect(library.doubtful.size).toBe(0);
  });

  it("is called doubtful when it may be the recording and is too unsure to be written, so that prune spares it", () => {
    const other = track({ isrc: "USABC0000001", durationMs: 214_000 + 20_000 });
    const seeker = matcher.prepare(track({ isrc: undefined }));
    const { verdict } = matcher.best(seeker, [{ id: "r1", prepared: matcher.prepare(other) }]);
    expect(verdict).toBe("uncertain");
    const library = heldLibrary(provider, "track", matcher, held(other));
    expect(library.byMatch(seeker)).toBeUndefined();
    expect([...library.doubtful]).toEqual(["r1"]);
  });
});

import { describe, expect, it } from "vitest";
import {
  fastForwardClock,
  inventedRecordings,
  type LibraryHabits,
  type ProviderHarness,
  providerChecks,
  syntheticLibrary,
} from "../../src/index.ts";

const recordings = inventedRecordings("r", [...Array(40).keys()]);
const [known, , , , found] = recordings;

function libraryHarness(habits: Partial<LibraryHabits>): ProviderHarness {
  const clock = fastForwardClock();
  const library = syntheticLibrary({ name: "shelf", clock, recordings, habits });
  library.takeDown("r35", "unplayable");
  return {
    provider: library.provider(),
    fetch: () => Promise.reject(new Error("a synthetic library needs no network")),
    clock,
    writable: true,
    user: { accountId: "me", grantedScopes: [] },
    fixtures: {
      items: {
        track: {
          ids: recordings.slice(0, 30).map(({ id }) => id),
          unknownId: "r999",
          unavailableId: "r35",
          lookups: { isrc: { known: known?.isrc ?? "", unknown: "none" } },
          search: { title: found?.title ?? "", artist: found?.artist ?? "", id: found?.id ?? "" },
        },
      },
    },
    standIn: {
      async fill(_, ids) {
        library.put(...ids);
        await clock.sleep(library.habits.lag.listMs);
      },
      async addOddRows() {
        library.put("r36");
        library.takeDown("r36", "unreadable");
        return ["unreadable"];
      },
    },
  };
}

/** A provider in this process sends nothing: what is seen of requests alone does not concern it. */
const withoutRequests = providerChecks.filter(({ name }) =>
  [
    "says who it is",
    "states",
    "lists",
    "has a mapping",
    "gives",
    "never asks",
    "tells in milliseconds",
    "reports rows",
    "probes an empty",
    "finds the listing's fingerprint",
    "finds another fingerprint by a probe when an item",
    "adds what is there",
    "answers the removal",
    "says of no item that it was written when a listing",
    "defuses quotes",
    "searches for anything",
    "says that an item is unavailable",
    "says that an id is unknown",
    "maps every item",
    "leaves out what",
    "does nothing for a session",
  ].some(
    (beginning) =>
      name.startsWith(beginning) && name !== "gives up a request that is under way when its session is aborted",
  ),
);

const honest: Readonly<Record<string, Partial<LibraryHabits>>> = {
  plain: { search: "by-title" },
  "in small pages, oldest first": {
    pageSize: 3,
    order: "oldest-first",
    probe: "exact",
    batchSize: { add: 5, remove: 2 },
  },
  "in no order, with a hint": { order: "unsteady", probe: "hint", totals: "inexact", addedAt: false },
  "that lags": {
    lag: { listMs: 30_000 },
    probe: "exact",
    totals: "absent",
    repeatedAdd: "refused",
    unknownIds: "refused",
  },
};

for (const [name, habits] of Object.entries(honest)) {
  describe(`a synthetic library ${name}`, () => {
    const checks = withoutRequests.filter((check) => check.skipReason(libraryHarness(habits)) === undefined);

    it("is tried by most of what concerns it", () => {
      expect(checks.length).toBeGreaterThan(20);
    });

    for (const check of checks) it(check.name, () => check.run(libraryHarness(habits)));
  });
}

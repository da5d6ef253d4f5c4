import { type DocumentHabits, describeProvider } from "../../src/index.ts";
import { createNotesHarness } from "./support/notes-harness.ts";

/** Ways in which services differ and yet keep every promise of the contract. */
const honest: Readonly<Record<string, Partial<DocumentHabits>>> = {
  plain: {},
  "with everything": {
    pageSize: 5,
    probe: "exact",
    tombstones: "listed",
    deletedAt: true,
    repeats: "answered",
    order: "newest-first",
    updates: "replace",
  },
  "with markers, hints and odd ids": {
    identity: "marker",
    probe: "hint",
    ids: "sensitive",
    paging: "offset",
    uids: "own",
  },
  "with nothing that helps": {
    identity: "none",
    versions: "none",
    preconditions: "none",
    times: "none",
    totals: "absent",
    order: "unsteady",
  },
  "that lags, by a clock of its own": {
    lag: { listMs: 30_000, getMs: 5_000 },
    times: { offsetMs: 90_000, resolutionMs: 60_000 },
    repeats: "answered-by-key",
    deletedIds: "taken",
    totals: "inexact",
    probe: "exact",
  },
  "of few fields, spelt in its own way": {
    fields: ["title", "tags"],
    normalise: ({ title, ...others }) => ({
      ...others,
      ...(title === undefined ? {} : { title: title.toUpperCase() }),
    }),
    maxItems: 30,
  },
};

for (const [name, habits] of Object.entries(honest)) {
  describeProvider(`synthetic documents ${name}`, () => createNotesHarness(habits));
}

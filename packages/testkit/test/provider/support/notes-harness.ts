import {
  type DocumentControls,
  type DocumentHabits,
  fastForwardClock,
  type Note,
  noteSchema,
  type ProviderHarness,
  type SyntheticDocuments,
  syntheticDocuments,
} from "../../../src/index.ts";

/** Different in every field, and with lists of several elements. */
const notes: readonly Note[] = Array.from({ length: 14 }, (_, index) => ({
  title: `NOTE ${index}`,
  body: `body of ${index}`,
  done: index % 2 === 0,
  tags: [`tag-${index}`, "tag-x"],
  lines: [`line ${index}`, "again", "again"],
  uid: `uid-${index}`,
}));

const changes: Note = { title: "ANOTHER TITLE", tags: ["tag-z"], lines: ["one", "two"] };

/** All that the conformance suite asks for, for a synthetic service of documents reached over HTTP. */
export function createNotesHarness(habits: Partial<DocumentHabits> = {}): ProviderHarness & {
  readonly service: SyntheticDocuments;
} {
  const clock = fastForwardClock();
  const service = syntheticDocuments({ name: "paper", clock, habits });
  const held = (note: Note): Note =>
    noteSchema.parse(
      Object.fromEntries(
        Object.entries(note).filter(
          ([field]) =>
            (habits.fields ?? Object.keys(note)).some((name) => name === field) &&
            !(habits.uids === "own" && field === "uid"),
        ),
      ),
    );
  return {
    service,
    provider: service.providerOverHttp(),
    fetch: service.fetch,
    clock,
    writable: true,
    user: { accountId: "me", grantedScopes: [] },
    fixtures: {
      documents: { notes: { items: notes.map(held), changes: held(changes), unknownId: "paper-9999" } },
    },
    standIn: {
      fill: () => Promise.reject(new Error("notes are no references")),
      async addOddRows() {
        const [first = "", second = ""] = service.putAll(notes.slice(12));
        service.spoil(first, "unreadable");
        service.spoil(second, "foreign");
        return ["unreadable", "unsupported"];
      },
      documents: { notes: controlsOf(service) },
    },
  };
}

function controlsOf(service: SyntheticDocuments): DocumentControls {
  return {
    put: async (items) => service.putAll(items),
    edit: async (id, changed) => service.edit(id, changed),
    remove: async (id) => service.remove(id),
  };
}

import { mutantArea } from "../mutant.ts";

const reconcile = (name: string) => `packages/core/src/reconcile/${name}.ts`;
const engine = (name: string) => `packages/core/src/engine/${name}.ts`;
const ordered = (name: string) => `packages/core/src/ordered/${name}.ts`;
const writer = engine("contents/write-list");
const applier = engine("contents/apply-contents");
const planner = engine("contents/plan-contents");

/** Mistakes in the sync of playlists, for the model to find in histories that nobody thought of. */
export const area = mutantArea(
  "model-playlists",
  {
    file: reconcile("arrange"),
    tests: ["e2e/model/playlists.test.ts"],
    env: { SOAK_STEPS: "60000", SOAK_SHRINK: "no", CI: "1" },
    stuckMs: 600_000,
  },
  [
    {
      id: "excused-gone",
      description: "takes what is not known for removed",
      find: "shared ?? []), ...excused]);",
      replace: "shared ?? [])]);",
    },
    {
      id: "gone-in-the-lists",
      description: "keeps the copies of what the other side has lost",
      find: "new Set([...lost, ...(removed ?? [])])",
      replace: "new Set([...(removed ? [] : lost)])",
    },
    {
      id: "source-always-wins",
      description: "two-way, takes the source's order whatever the policy says",
      find: "b: onB, winner });",
      replace: 'b: onB, winner: winner.length > 0 ? "a" : winner });',
    },
    {
      id: "additive-removes-copies",
      description: "additive, takes the copies that the source has lost",
      find: 'table === "additive" ? all : sides.a.excused',
      replace: "all.size < 0 ? all : sides.a.excused",
    },
    {
      id: "no-second-copy",
      description: "puts no further copy of a song into a list",
      find: "entries?.[0]?.entry ?? adds.get(token)",
      replace: "adds.get(token)",
    },
    {
      id: "limit-takes-what-is-there",
      description: "takes out of a full list what was there",
      find: "if (place.isNew && over > 0) {",
      replace: "if (over > 0) {",
    },
    {
      id: "additions-at-the-front",
      description: "puts what one side added at the front",
      file: ordered("merge"),
      find: "      runs.set(at, run);\n",
      replace: "",
    },
    {
      id: "moves-of-the-winner-only",
      description: "does not ask which side has moved something",
      file: ordered("merge"),
      find: 'const leader = aMoved === bMoved ? winner : aMoved ? "a" : "b";',
      replace: "const leader = winner;",
    },
    {
      id: "never-agreed",
      description: "does not remember what both agreed on",
      file: applier,
      find: "...(this.#ledger.open || refused ? []",
      replace: "...(this.#ledger.open || !refused ? []",
    },
    {
      id: "agreed-in-the-middle",
      description: "takes for agreed what is not written yet",
      file: applier,
      find: "...(this.#ledger.open || refused ? []",
      replace: "...(refused ? []",
    },
    {
      id: "not-begun",
      description: "does not note that it begins to rearrange a list",
      file: applier,
      find: "      await this.#writer.begin(target, arrange.arrangement);\n",
      replace: "",
    },
    {
      id: "links-not-made",
      description: "does not record what it has put somewhere",
      file: writer,
      find: "items.has(idOn(this.#context, open, operation)) && operation.links.length > 0",
      replace: "items.has(idOn(this.#context, open, operation)) && operation.links.length > 99",
    },
    {
      id: "part-has-places",
      description: "arranges a list of which a part is not shown",
      file: planner,
      find: "if (!contents.a.isWhole() || !contents.b.isWhole()) return withoutPlaces(",
      replace: "if (!contents.a.isWhole() && !contents.b.isWhole()) return withoutPlaces(",
    },
    {
      id: "all-read",
      description: "reads each list in each run",
      file: engine("containers/due-contents"),
      find: "return cursor.fingerprint === (await fingerprintHash(context, open, version));",
      replace: "return cursor.fingerprint !== (await fingerprintHash(context, open, version));",
    },
    {
      id: "settling-read",
      description: "reads a list that it has just written and that may be shown as it was",
      file: engine("containers/due-contents"),
      find: "for (const row of recent) settling.add(row.pair_id);",
      replace: "",
    },
    {
      id: "followed-copied",
      description: "copies what the user only follows",
      file: engine("containers/container-side"),
      find: 'else if (access === "followed") entries.push({ state: "unsyncable", id: entry.id, reason: "followed" });\n',
      replace: "",
    },
    {
      id: "shared-renamed",
      description: "renames and deletes what is another's",
      file: engine("containers/container-side"),
      find: 'if (this.facts(id)?.access === "owned") return;',
      replace: "if (this.facts(id)) return;",
    },
    {
      id: "private-shown",
      description: "leaves shown what nobody heard that it was made",
      file: engine("documents/recovered-bases"),
      find: 'if (kind !== "create" || !other || lacks.length === 0) return other;',
      replace: "if (kind.length > 0 || !other || lacks.length === 0) return other;",
    },
  ],
);

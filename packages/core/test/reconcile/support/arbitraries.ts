import fc from "fast-check";
import { type History, type Round, smallWorld } from "./history.ts";
import type { Policy } from "./oracle.ts";
import type { ReadSpec } from "./reading.ts";
import type { Edit } from "./world.ts";

const entryCount = smallWorld.recordingOfEntry.length;
const entry = fc.nat({ max: entryCount - 1 });
const recording = fc.nat({ max: smallWorld.recordings - 1 });
export const policy = fc.constantFrom<Policy>("additive", "mirror", "prune");

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("add-to-a" as const), entry }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("remove-from-a" as const), entry }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("add-to-b" as const), recording }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("remove-from-b" as const), recording }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("replace-on-a" as const), entry, by: entry }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renumber-on-b" as const), recording }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("merge-on-b" as const), recording, into: recording }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("publish" as const), entry }) },
);

/** Mostly none, so that most runs are able to decide. */
function few(count: number, whole: number): fc.Arbitrary<ReadonlySet<number>> {
  const some = fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: count });
  return fc
    .oneof({ weight: whole, arbitrary: fc.constant<number[]>([]) }, { weight: 1, arbitrary: some })
    .map((places) => new Set(places));
}

function readSpec(places: number): fc.Arbitrary<ReadSpec> {
  return fc.record({
    unknown: few(places, 4),
    hidden: few(places, 9),
    pageSize: fc.integer({ min: 1, max: places }),
    overlap: fc.nat({ max: 2 }),
    rotate: fc.nat({ max: places }),
  });
}

const round: fc.Arbitrary<Round> = fc
  .record(
    {
      edits: fc.array(edit, { maxLength: 5 }),
      a: readSpec(entryCount),
      b: readSpec(smallWorld.recordings),
      refused: few(smallWorld.recordings, 9),
      policy: fc.option(policy, { nil: undefined, freq: 7 }),
    },
    { requiredKeys: ["edits", "a", "b", "refused"] },
  )
  .map(({ policy, ...rest }) => (policy === undefined ? rest : { ...rest, policy }));

export const history: fc.Arbitrary<History> = fc.record({
  policy,
  rounds: fc.array(round, { minLength: 1, maxLength: 8, size: "max" }),
});

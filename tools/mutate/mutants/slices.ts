import { mutantArea } from "../mutant.ts";

const jobs = (name: string) => `packages/core/src/jobs/${name}.ts`;
const test = (name: string) => `packages/core/test/jobs/${name}.test.ts`;

export const area = mutantArea("slices", { file: jobs("worker-pool"), tests: [test("decisions"), test("slices")] }, [
  {
    id: "never-sliced",
    description: "lets a long run keep its worker for as long as it likes",
    find: "if (waiting <= this.#makingRoom.size ||",
    replace: "if (waiting <= this.#makingRoom.size + 1 ||",
  },
  {
    id: "all-make-room",
    description: "cuts every long run for one job that waits",
    find: "if (waiting <= this.#makingRoom.size ||",
    replace: "if (waiting === 0 ||",
  },
  {
    id: "rest-waits-along",
    description: "leaves the rest of a run to a job of its pair that is due in an hour",
    find: " || (await hasLaterJob(this.#parts, claimed.job.pair_id))",
    replace: " || (hasLaterJob.length > 9)",
  },
  {
    id: "sliced-goes-first",
    description: "goes on at once with the job that was cut, because its tenant has the next turn",
    find: "if (this.#makingRoom.delete(claimed)) this.#turns.set(claimed.job.lane, claimed.job.tenant_id);",
    replace: "this.#makingRoom.delete(claimed);",
  },
  {
    id: "cut-for-nothing",
    file: jobs("slice"),
    description: "cuts a run for jobs that could not begin",
    find: "return due.length - held;",
    replace: "return due.length + 0 * held;",
  },
  {
    id: "asked-once",
    file: jobs("slice"),
    description: "does not ask again when somebody comes later",
    find: "this.#askAtMs = now + ASK_EVERY_MS;",
    replace: "this.#askAtMs = now + 100 * ASK_EVERY_MS * this.#ms;",
  },
  {
    id: "own-share-first",
    file: jobs("choose-lane"),
    description: "cuts a job for one of the other lane, behind which it has its worker again",
    find: "return order.slice(0, order.indexOf(own) + 1).filter(",
    replace: "return order.filter(",
  },
  {
    id: "slice-is-failure",
    file: jobs("decide-outcome"),
    description: "counts the end of a slice as a failed attempt",
    find: 'if (halted === "sliced" && isCutOnly)',
    replace: 'if (halted === "sliced" && isCutOnly && job.retry_count > 9)',
  },
  {
    id: "rest-loses-place",
    file: jobs("settle-job"),
    description: "lets the rest of a run that a person waits for go on in the background",
    find: '...(why === "sliced" ? inItsPlace(job, dueMs) : []),',
    replace: '...(why === "sliced" ? inItsPlace({ ...job, lane: "automatic" }, dueMs) : []),',
  },
  {
    id: "slice-without-progress",
    file: "packages/core/src/engine/runs/ledger.ts",
    description: "cuts a run that has moved nothing yet",
    find: "if (!this.#isSliceOver && this.#hasMoved && isSliceOver",
    replace: "if (!this.#isSliceOver && isSliceOver",
  },
  {
    id: "confirmed-cut",
    file: "packages/core/src/engine/runs/run-pair.ts",
    description: "cuts what a person has confirmed, and holds the rest again",
    find: "return job && !isConfirmed ?",
    replace: "void isConfirmed;\n  return job ?",
  },
]);

import { mutantArea } from "../mutant.ts";

const reconcile = (name: string) => `packages/core/src/reconcile/${name}.ts`;
const engine = (name: string) => `packages/core/src/engine/${name}.ts`;

/** Mistakes in the sync of sets of references, for the model to find in histories that nobody thought of. */
export const area = mutantArea(
  "model",
  {
    file: reconcile("decision-table"),
    tests: ["e2e/model/membership.test.ts", "e2e/model/chain.test.ts"],
    env: { SOAK_STEPS: "75000", SOAK_SHRINK: "no", CI: "1" },
    stuckMs: 600_000,
  },
  [
    {
      id: "brings-back",
      description: "two-way, makes again what was removed on the second side",
      find: `["=", "-", "linked", "remove A"],`,
      replace: `["=", "-", "linked", "create B"],`,
    },
    {
      id: "keeps-dead-links",
      description: "keeps the link of what both sides let go",
      find: `["-", "-", "linked", "drop"],`,
      replace: `["-", "-", "linked", "nothing"],`,
    },
    {
      id: "copy-comes-back",
      description: "additive, makes a copy again that was deleted",
      find: `["=", "-", "linked", "suppress"],`,
      replace: `["=", "-", "linked", "create B"],`,
    },
    {
      id: "additive-removes",
      description: "additive, removes the copy of what left the side that is read",
      find: `["-", "=", "linked", "detach"],`,
      replace: `["-", "=", "linked", "remove B"],`,
    },
    {
      id: "mirror-drifts",
      description: "mirror, leaves a deleted copy deleted",
      find: `["=", "-", "linked", "create B"],`,
      replace: `["=", "-", "linked", "suppress"],`,
    },
    {
      id: "guard-forgets-the-day",
      description: "counts only the removals of this run",
      file: reconcile("guards"),
      find: `const all = missing + lately;`,
      replace: `const all = missing;`,
    },
    {
      id: "guard-lets-more-through",
      description: "lets 60 % go without asking",
      file: reconcile("guards"),
      find: `share: 0.2,`,
      replace: `share: 0.6,`,
    },
    {
      id: "guard-holds-a-few",
      description: "holds a few removals where they are a fifth",
      file: reconcile("guards"),
      find: `all > guardDefaults.few &&`,
      replace: ``,
    },
    {
      id: "believes-an-empty-side",
      description: "believes a side that lists nothing",
      file: reconcile("guards"),
      find: `if (input.emptySide && decisions.length > 0) reasons.push("side-empty");`,
      replace: ``,
    },
    {
      id: "new-mode-removes",
      description: "removes at once after a change of mode",
      file: reconcile("guards"),
      find: `if (input.confirmFirst) reasons.push("needs-confirmation");`,
      replace: ``,
    },
    {
      id: "recovers-blindly",
      description: "takes each interrupted addition for done",
      file: engine("membership/recover"),
      find: `if (kind === "add" && presence === "present") return "linked";`,
      replace: `if (kind === "add") return "linked";`,
    },
    {
      id: "believes-the-lag",
      description: "takes for gone what it has just added and a listing does not show yet",
      file: engine("membership/read-side"),
      find: `return complete && !added.has(id) ? "absent" : "unknown";`,
      replace: `return complete ? "absent" : "unknown";`,
    },
    {
      id: "believes-half-a-listing",
      description: "takes a listing for whole whose total counts more",
      file: engine("membership/read-side"),
      find: `return this.#totals.size <= 1 && (total === undefined || total === this.rows);`,
      replace: `return true;`,
    },
    {
      id: "hints-for-ever",
      description: "a hint stands for a listing for a year",
      file: engine("membership/read-side"),
      find: `const HINT_MS = 24 * 60 * 60 * 1000;`,
      replace: `const HINT_MS = 365 * 24 * 60 * 60 * 1000;`,
    },
    {
      id: "applies-what-moved",
      description: "applies a plan although what it rests on has moved",
      file: engine("membership/preconditions"),
      find: `if (operation.kind === "add" ? !stands : stands) moved.add(operation);`,
      replace: `if (operation.kind === "add" && stands) moved.delete(operation);`,
    },
    {
      id: "due-for-ever",
      description: "looks for ever for what is another's counterpart",
      file: engine("membership/due"),
      find: `due.delete(key);`,
      replace: ``,
    },
  ],
);

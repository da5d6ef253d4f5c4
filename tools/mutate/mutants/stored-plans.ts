import { mutantArea } from "../mutant.ts";

const stored = (name: string) => `packages/core/src/engine/stored-plans/${name}.ts`;

/** Plans that are kept, looked at, and carried out. */
export const area = mutantArea(
  "stored-plans",
  { file: stored("stored-shape"), tests: ["packages/core/test/jobs/stored-plans.test.ts"] },
  [
    {
      id: "does-more",
      description: "carries out what has come since, too",
      find: "const operations = plan.operations.filter(isKept(plan.pairId));",
      replace: "const operations = plan.operations;\n  void isKept;",
    },
    {
      id: "held-without-word",
      description: "lets go ahead what is held although nobody confirmed it",
      find: "kept.confirm === undefined ? full : withConfirmed(own.pair, full, kept.confirm)",
      replace: "full.hold ? withConfirmed(own.pair, full, full.hold.hash) : full",
    },
    {
      id: "moved-unsaid",
      description: "says nothing of what does not come out any more",
      find: "outcomes: [...moved, ...result.outcomes]",
      replace: "outcomes: result.outcomes",
    },
    {
      id: "done-is-moved",
      description: "takes for moved what an attempt before has done",
      find: "for (const key of await doneBefore(context, hasher)) missing.delete(key);",
      replace: "void doneBefore;",
    },
    {
      id: "settings-ignored",
      description: "carries out a plan that was made with other settings",
      find: " || stored.pair_version !== pair.version",
      replace: "",
    },
    {
      id: "not-read-again",
      description: "takes what was left out for dealt with",
      find: "    readAgain: true,\n    quiet: false,",
      replace: "    quiet: false,",
    },
    {
      id: "plan-job-shown",
      file: stored("plan-info"),
      description: "shows the job that made the plan instead of the one that carries it out",
      find: 'jobOf(plan.id, "apply") ?? ',
      replace: "",
    },
    {
      id: "wrong-side",
      file: stored("store-plan"),
      description: "shows what has no counterpart on the wrong side",
      find: "[unmatched.side]: unmatched.itemId",
      replace: "target: unmatched.itemId",
    },
    {
      id: "anybodys",
      file: "packages/core/src/jobs/plan-calls.ts",
      description: "gives another user's plan",
      find: "const where = { id: planId, tenant_id: tenantId, user_id: userId, ...current(parts) };",
      replace: "const where = { id: planId, ...current(parts) };\n  void [tenantId, userId];",
    },
    {
      id: "never-expires",
      file: "packages/core/src/jobs/plan-calls.ts",
      description: "shows plans that have expired",
      find: "return { expires_at: { gt: clock.now() } } as const;",
      replace: "return clock ? {} : {};",
    },
    {
      id: "endless-plans",
      file: "packages/core/src/jobs/plan-calls.ts",
      description: "keeps any number of plans of a pair",
      find: '{ delete: "plans", where: { id: { in: old.map(({ id }) => id) } } },',
      replace: "",
    },
    {
      id: "retried-for-nothing",
      file: "packages/core/src/jobs/run-job.ts",
      description: "tries what has moved again",
      find: 'const moved =\n    task !== "apply" &&',
      replace: 'const moved =\n    task !== "plan" &&',
    },
  ],
);

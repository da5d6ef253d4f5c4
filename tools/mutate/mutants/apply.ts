import { mutantArea } from "../mutant.ts";

const engine = (name: string) => `packages/core/src/engine/${name}.ts`;
const write = engine("documents/write-document");
const intents = engine("runs/intents");
const ledger = engine("runs/ledger");
const lease = engine("runs/lease");

export const area = mutantArea(
  "apply",
  {
    file: engine("documents/apply-documents"),
    tests: [
      "packages/core/test/engine/documents/provider-faults.test.ts",
      "packages/core/test/engine/documents/recovery.test.ts",
      "packages/core/test/engine/documents/two-way.test.ts",
      "packages/core/test/engine/documents/edits-both-sides.test.ts",
      "packages/core/test/engine/two-way/recovery.test.ts",
      "packages/core/test/engine/two-way/cut-off.test.ts",
      "packages/core/test/engine/documents/cut-off.test.ts",
    ],
    env: { CUT_OFF_STRIDE: "6" },
  },
  [
    {
      id: "no-intent",
      description: "writes at a service without an intent",
      find: "    await this.#ledger.commit([...intent.statements, ...beginConflict(this.#context, operation)]);",
      replace: "    await this.#ledger.commit(beginConflict(this.#context, operation));",
    },
    {
      id: "no-look",
      description: "does not look before it writes where nothing else protects the document",
      find: '    if (on === "moved") return { result: "moved" };',
      replace: "",
    },
    {
      id: "outcome-not-committed",
      description: "does not link what was written",
      find: "    await this.#ledger.commit([...refused, ...closeIntent(",
      replace: "    await this.#ledger.commit([...closeIntent(",
    },
    {
      id: "unknown-closed",
      description: "closes the intent of a call whose outcome nobody knows",
      find: "    if (isRefusal || error instanceof DeferredError) await",
      replace: "    await",
    },
    {
      id: "unknown-is-failure",
      description: "ends the run for one unknown outcome",
      find: "    if (error instanceof OutcomeUnknownError) {",
      replace: "    if (error instanceof OutcomeUnknownError && operation.links.length > 9) {",
    },
    {
      id: "first-half-forgotten",
      description: "forgets what the first call of a merge has written",
      find: "written = { ...written, [letter]: one };",
      replace: "written = { [letter]: one };",
    },
    {
      id: "half-a-merge-linked",
      description: "records a merge as done when its first half is",
      find: "return last ? this.#linkStatements(operation, written) : Promise.resolve([]);",
      replace: "void last;\n        return this.#linkStatements(operation, written);",
    },
    {
      id: "settled-although-left",
      description: "calls a run settled that has left something",
      find: "const settled = !this.#ledger.open && ",
      replace: "const settled = ",
    },
    {
      id: "version-not-sent",
      description: "writes without the version that it has seen",
      file: write,
      find: 'writer.preconditions === "conditional" && on.version !== undefined ? { ifVersion: on.version } : {};',
      replace: "{};",
    },
    {
      id: "moved-is-gone",
      description: "takes a moved version for a refusal",
      file: write,
      find: '    case "version-moved":\n      return { result: "moved" };',
      replace: '    case "version-moved":\n      return { result: "refused", reason: "moved" };',
    },
    {
      id: "not-adopted",
      description: "refuses what has our own id already",
      file: write,
      find: "      return await adopt(hasher, call);",
      replace: '      void adopt;\n      return { result: "refused", reason: "already-there" };',
    },
    {
      id: "sent-for-answered",
      description: "remembers what was sent and not what the service made of it",
      file: write,
      find: "  if (!seen) return {",
      replace: "  if (!seen || before !== undefined) return {",
    },
    {
      id: "others-edits-taken-for-ours",
      description: "takes for agreed what somebody else changed beside an update",
      file: write,
      find: `call.kind === "update" ? withoutOthers(hasher, call, base) : base;`,
      replace: "base;",
    },
    {
      id: "gone-is-moved",
      description: "does not take a document that is gone for deleted",
      file: write,
      find: 'return { result: call.kind === "delete" ? "gone" : "moved" };',
      replace: 'return { result: "moved" };',
    },
    {
      id: "no-pending-link",
      description: "does not remember what it is about to create",
      file: intents,
      find: '...(kind === "add" || kind === "create" ? await pendingLinks(context, operations) : []),',
      replace: "",
    },
    {
      id: "meant-not-kept",
      description: "does not keep what was meant",
      file: intents,
      find: "meant_fields: operation.document?.meant ?? null,",
      replace: "meant_fields: null,",
    },
    {
      id: "no-fence",
      description: "commits without asking for the lease",
      file: ledger,
      find: "guards: this.#lease.guards, statements",
      replace: "statements",
    },
    {
      id: "generation-ignored",
      description: "takes a link made anew for the one that was planned for",
      file: ledger,
      find: "return same && (found === undefined || found.generation === generation);",
      replace: "return same || generation > 9;",
    },
    {
      id: "anybodys-lease",
      description: "takes the lease of whoever has it for its own",
      file: lease,
      find: 'const guard: Guard = { table: "leases", where: { name, owner_id: ownerId, fencing }, must: "exist" };',
      replace: 'const guard: Guard = { table: "leases", where: { name }, must: "exist" };',
    },
    {
      id: "gives-back-anothers",
      description: "gives back a lease that another has taken over",
      file: lease,
      find: "set: ended, where: { name, owner_id: ownerId, fencing } }] })",
      replace: "set: ended, where: { name } }] })",
    },
  ],
);

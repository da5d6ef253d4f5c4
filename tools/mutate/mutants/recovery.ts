import { mutantArea } from "../mutant.ts";

const engine = (name: string) => `packages/core/src/engine/${name}.ts`;
const membership = engine("membership/recover");
const world = engine("documents/build-world");
const bases = engine("documents/recovered-bases");
const conflicts = engine("documents/conflict-records");

export const area = mutantArea(
  "recovery",
  {
    file: engine("documents/recover-documents"),
    tests: [
      "packages/core/test/engine/documents/provider-faults.test.ts",
      "packages/core/test/engine/documents/recovery.test.ts",
      "packages/core/test/engine/two-way/recovery.test.ts",
      "packages/core/test/engine/two-way/cut-off.test.ts",
      "packages/core/test/engine/documents/cut-off.test.ts",
    ],
    env: { CUT_OFF_STRIDE: "6" },
  },
  [
    {
      id: "never-undecided",
      description: "decides about calls that may still come to light",
      find: "    settling: now - intent.updated_at < windowMs,".trim(),
      replace: "settling: now < intent.updated_at + windowMs * 0,",
    },
    {
      id: "always-undecided",
      description: "waits for a creation for ever",
      find: '(intent.settling || !reading.complete ? "undecided" : "nothing");\n  }\n  const seen',
      replace: '"undecided";\n  }\n  const seen',
    },
    {
      id: "never-adopts",
      description: "what an interrupted creation has made is never found",
      find: "return createdBy(intent, link, links, found) ?? (intent",
      replace: "return (undefined as SeenDocument | undefined) ?? (intent",
    },
    {
      id: "intents-not-closed",
      description: "leaves intents open that it has judged",
      find: "    closed.push(intent.id);\n",
      replace: "",
    },
    {
      id: "links-not-updated",
      description: "does not write down what was adopted",
      find: "      ...idColumns(written.side, { key, sealed: id?.sealed ?? null }),\n",
      replace: "",
    },
    {
      id: "base-not-updated",
      description: "keeps what was agreed on before the call",
      find: "      ...baseColumns(written.side, base),\n",
      replace: "",
    },
    {
      id: "other-side-forgotten",
      description: "carries over again what was carried over",
      find: "    const otherBase = baseBeforeTheRest(intent, base, baseOfOther(intent, link, found), found);",
      replace:
        "    const otherBase = undefined as ReturnType<typeof baseOfOther>;\n    void [baseOfOther, baseBeforeTheRest];",
    },
    {
      id: "other-side-assumed",
      description: "takes an edit since on the other side for what was carried over",
      file: bases,
      find: "  if (isAsMeant(intent, seen, found.hasher)) return baseOf(found.hasher, seen, before);",
      replace: "  if (seen) return baseOf(found.hasher, seen, before);",
    },
    {
      id: "carried-over-forgotten",
      description: "forgets what was carried over where the other side has been edited since",
      file: bases,
      find: 'const carried = intent.kind === "update" && before && carriedOver(intent, link, before);',
      replace: "const carried = undefined as ReturnType<typeof carriedOver>;",
    },
    {
      id: "merge-takes-edits",
      description: "takes an edit since a merge for part of it",
      file: bases,
      find: '  if (intent.kind === "merge") return baseAfter(intent, other, link, seen, found);',
      replace: '  if (intent.kind === "merge") return baseOf(found.hasher, seen);',
    },
    {
      id: "merge-knows-part",
      description: "knows nothing of fields that a merge did not change",
      file: bases,
      find: 'return fields && kind === "merge" ? overBase(readFieldHashes(base[letter]?.fields), fields) : fields;',
      replace: "return fields;",
    },
    {
      id: "lies-believed-of-documents",
      description: "takes a deletion for made because a listing shows nothing at all",
      find: "if (intent.settling || found.incredible[intent.side])",
      replace: "if (intent.settling)",
    },
    {
      id: "lies-believed",
      description: "takes a removal for made because a listing shows nothing at all",
      file: membership,
      find: 'if (kind === "remove" && incredible[letter]) continue;',
      replace: "",
    },
    {
      id: "turns-kept",
      description: "counts turns of long ago for an update whose answer was lost",
      find: 'const turns = intent.kind === "update" ? turnsAfter(link, intent.side, intent.atMs) : 0;',
      replace: "const turns = link.turns;",
    },
    {
      id: "used-up-refused",
      description: "leaves out what its service takes under no id that was used up",
      file: engine("documents/write-document"),
      find: 'if (found && "gone" in found && isSeen) return',
      replace: 'if (found && "gone" in found && call.kind === "delete") return',
    },
    {
      id: "deletion-not-forgotten",
      description: "keeps the link of what was deleted",
      find: '      update(link, { state: "dropped" });\n',
      replace: "",
    },
    {
      id: "own-id-ignored",
      description: "does not know the document that has our id",
      find: '  const byId = identity === "client-id" ? seen.get(side.open.ids.key(intent.operationId)) : undefined;\n  if (byId) return byId;\n',
      replace: "",
    },
    {
      id: "markers-ignored",
      description: "does not know the document that carries our marker",
      find: "  if (marked.length > 0) return marked.sort(olderFirst)[0];\n",
      replace: "",
    },
    {
      id: "content-ignored",
      description: "does not know what was made by what is in it",
      find: '  return identity === "marker" ? undefined : byContent(intent, link, links, found);',
      replace: "  void byContent;\n  return undefined;",
    },
    {
      id: "key-answers-ignored",
      description: "looks for content only where a service knows nothing",
      find: '  return identity === "marker" ? undefined',
      replace: '  return identity !== "none" ? undefined',
    },
    {
      id: "half-a-merge",
      description: "takes half a merge for all of it",
      find: " && isDone(seen) && isDone(otherSeen(intent, link, found))) return seen;",
      replace: " && isDone(seen)) return seen;",
    },
    {
      id: "update-by-marker-only",
      description: "takes an update that took effect for a user's edit where no marker says so",
      find: "    on?.marker === intent.operationId || isAsMeant(intent, on, found.hasher);",
      replace: "    on?.marker === intent.operationId;",
    },
    {
      id: "conflict-left-open",
      description: "leaves a conflict open whose winner was written",
      find: "    if (found.conflicts.has(link.key)) changes.push(closeConflict(context, link.key, resolutionOf(intent, found)));\n",
      replace: "",
    },
    {
      id: "winner-mistaken",
      description: "records the loser as the winner",
      find: '"merged" : sides[otherThan(side)].open.side;',
      replace: '"merged" : sides[side].open.side;',
    },
    {
      id: "old-id-forgotten",
      description: "forgets the id of what was made again",
      find: "    changes.push(...(await writeLinks(context, [late])));",
      replace: "    void writeLinks(context, [late]);",
    },
    {
      id: "conflict-not-begun",
      description: "does not record that there is a loser before it is overwritten",
      file: conflicts,
      find: '  return recordConflict(context, link.key, { ...conflict, winner: "nobody" });',
      replace: "  return [];",
    },
    {
      id: "conflict-not-withdrawn",
      description: "leaves a conflict on record that nobody has won",
      file: conflicts,
      find: '  return [{ delete: "conflicts", where: { id: conflict.recordId } }];',
      replace: "  return [];",
    },
    {
      id: "pending-stands",
      description: "takes a creation that was begun for a link",
      file: world,
      find: "pending.add(key);",
      replace: "void key;",
    },
    {
      id: "membership-not-closed",
      description: "leaves the journal of a set open",
      file: membership,
      find: "closed.push(id);",
      replace: "void id;",
    },
    {
      id: "membership-closed-early",
      description: "closes an intent while it is not known what became of it",
      file: membership,
      find: 'if (presences.every(([, presence]) => presence !== "unknown")) closed.push(id);',
      replace: "closed.push(id);",
    },
    {
      id: "membership-added-not-linked",
      description: "does not link what was added after all",
      file: membership,
      find: '  if (kind === "add" && presence === "present") return "linked";\n',
      replace: "",
    },
    {
      id: "membership-removed-not-dropped",
      description: "keeps the links of what was removed after all",
      file: membership,
      find: 'return kind === "remove" && presence === "absent" ? "dropped" : undefined;',
      replace: "return undefined;",
    },
  ],
);

import { mutantArea } from "../mutant.ts";

const engine = (name: string) => `packages/core/src/engine/${name}.ts`;
const test = (name: string) => `packages/core/test/engine/containers/${name}.test.ts`;
const planned = engine("documents/plan-documents");
const prefix = engine("containers/name-prefix");
const names = engine("containers/copied-names");
const side = engine("containers/container-side");
const settings = engine("requests/typed-settings");
const pairs = engine("requests/pairs");

export const area = mutantArea(
  "selection",
  {
    file: engine("containers/scope"),
    tests: [test("chosen-histories"), test("selection"), test("prefix"), test("around"), test("playlists")],
    env: { FC_RUNS: "15" },
  },
  [
    // Which playlists
    {
      id: "counterparts-left",
      description: "does not mean the counterpart of what is named",
      find: "(aId !== undefined && sets.a.has(aId)) || (bId !== undefined && sets.b.has(bId));",
      replace: "bId === undefined ? aId !== undefined && sets.a.has(aId) : sets.b.has(bId);",
    },
    {
      id: "never-left-out",
      description: "syncs what is named to be left out",
      find: "isAmong(left) || ",
      replace: "",
    },
    {
      id: "ids-are-no-rule",
      description: "takes ids for a mere addition to rules",
      find: "(ids && !isAmong(named))",
      replace: "(ids && !hasRules && !isAmong(named))",
    },
    {
      id: "others-are-own",
      description: "takes what others share for the user's own",
      find: "if (ownedOnly && judged",
      replace: "if (!ownedOnly && judged",
    },
    {
      id: "one-side-is-enough",
      description: "keeps a list that only one side still calls so, two-way",
      find: "if (names && judged.some(({ name })",
      replace: "if (names && judged.every(({ name })",
    },
    {
      id: "b-decides",
      description: "asks the written side what it calls a list, one way",
      file: engine("containers/scope-of-run"),
      find: '(["a", "b"] as const) : (["a"] as const)',
      replace: '(["a", "b"] as const) : (["a", "b"] as const)',
    },
    {
      id: "shorter-counts",
      description: "leaves a copy behind that is shorter than its original",
      find: "Math.max(...lengths)",
      replace: "Math.min(...lengths)",
    },
    {
      id: "sizes-are-exclusive",
      description: "leaves out what has just the size",
      find: "longest >= (size.min ?? 0)",
      replace: "longest > (size.min ?? 0)",
    },
    {
      id: "case-matters",
      description: "tells names apart by their case",
      find: ".toLowerCase()",
      replace: "",
    },
    {
      id: "equal-is-begun",
      description: "takes a name that begins so for an equal one",
      find: "called === comparable(rule.equals).trim()",
      replace: "called.startsWith(comparable(rule.equals).trim().slice(0, 3))",
    },
    // What it means for a run
    {
      id: "links-decided",
      description: "decides about linked lists that are left out",
      file: engine("documents/decide-documents"),
      find: 'if (state === "oscillating" || !inScope(aId, bId)) continue;',
      replace: 'if (state === "oscillating") continue;',
    },
    {
      id: "arrivals-copied",
      description: "copies lists that are left out",
      file: engine("documents/decide-documents"),
      find: ".filter(({ aId, bId }) => world.inScope(aId, bId))",
      replace: "",
    },
    {
      id: "strays-pruned",
      description: "prunes what is left out",
      file: engine("documents/decide-documents"),
      find: " && world.inScope(undefined, id)",
      replace: "",
    },
    {
      id: "others-reported",
      description: "reports others' lists that nobody named",
      file: engine("documents/unmatched-documents"),
      find: " && isMeant(ids.key(id))",
      replace: "",
    },
    {
      id: "contents-synced",
      description: "fills lists that are left out",
      file: engine("containers/plan-containers"),
      find: "all.filter(({ aId, bId }) => inScope(key(context.from, aId), key(context.to, bId)))",
      replace: "all",
    },
    {
      id: "guard-counts-all",
      description: "weighs what is missing against lists that the pair is not about",
      file: planned,
      find: '(state === "linked" || state === "conflict") && world.inScope(aId, bId)',
      replace: 'state === "linked" || state === "conflict"',
    },
    {
      id: "silent-about-unknown",
      description: "says nothing of an id that no listing shows",
      file: engine("containers/scope-of-run"),
      find: ".filter((id) => !containers.told(ids.key(id)))",
      replace: ".filter(() => false)",
    },
    {
      id: "unsealed-ids",
      description: "looks for the ids of a selection in clear",
      file: engine("containers/scope-of-run"),
      find: "key: (id: string) => ids.key(id),",
      replace: "key: (id: string) => id,",
    },
    // What is stored
    {
      id: "not-rescoped",
      description: "deletes at once by a new selection",
      file: pairs,
      find: "before.selection_hash !== after.selection_hash",
      replace: "false",
    },
    {
      id: "children-not-rescoped",
      description: "removes at once from lists that have come back",
      file: pairs,
      find: "set: { delete_free: true }, where: { parent_id: draft.id }",
      replace: "set: { delete_free: false }, where: { parent_id: draft.id }",
    },
    {
      id: "planned-too-freely",
      description: "forgets in a plan under another selection that what is in lists rests on it too",
      file: engine("containers/container-pairs"),
      find: "match_policies, selection_hash };",
      replace: "match_policies, selection_hash: stored ? stored.selection_hash : selection_hash };",
    },
    {
      id: "order-is-change",
      description: "takes the same ids in another order for another selection",
      file: engine("requests/selection"),
      find: "return [...new Set(texts)].sort();",
      replace: "return [...new Set(texts)];",
    },
    {
      id: "cleared-stays",
      description: "keeps the selection that an empty one takes away",
      file: settings,
      find: "if (text === undefined) return { selection_sealed: null, selection_hash: null };",
      replace:
        "if (text === undefined) return { selection_sealed: stored?.selection_sealed ?? null, selection_hash: null };",
    },
    {
      id: "plan-forgets-clearing",
      description: "does not carry an empty selection in a plan",
      file: engine("plans/plan-parts"),
      find: "return { select, prefix };",
      replace: "return Object.keys(select).length === 0 ? { prefix } : { select, prefix };",
    },
    // Names of copies
    {
      id: "always-doubled",
      description: "puts the prefix before what carries none",
      file: prefix,
      find: "return before && before.prefix === undefined ? core",
      replace: "return before && core === undefined ? core",
    },
    {
      id: "nothing-left",
      description: "takes a name for a prefix that is nothing else",
      file: prefix,
      find: 'return name.startsWith(prefix) && name.slice(prefix.length).trim() !== "";',
      replace: "return name.startsWith(prefix);",
    },
    {
      id: "earlier-forgotten",
      description: "takes an earlier prefix for a part of the name",
      file: prefix,
      find: "const known = [now, ...earlier.map(({ text }) => text)]",
      replace: "const known = [now]",
    },
    {
      id: "earlier-everywhere",
      description: "takes an earlier prefix from lists that came after it",
      file: prefix,
      find: "linkedAtMs !== undefined && linkedAtMs <= untilMs",
      replace: "linkedAtMs !== undefined || untilMs < 0",
    },
    {
      id: "shorter-prefix",
      description: "takes the shorter of two prefixes that begin alike",
      file: prefix,
      find: "b.length - a.length",
      replace: "a.length - b.length",
    },
    {
      id: "not-renamed",
      description: "leaves the earlier prefix on copies",
      file: prefix,
      find: "return prefix !== undefined && prefix !== now;",
      replace: "return prefix === undefined && prefix !== now;",
    },
    {
      id: "made-without",
      description: "makes copies without their prefix",
      file: side,
      find: "item: this.#names.toWrite(asked.item)",
      replace: "item: asked.item",
    },
    {
      id: "previous-not-noted",
      description: "does not know an earlier prefix on what is about to be renamed",
      file: side,
      find: "        await this.#names.note({ id, native });\n",
      replace: "",
    },
    {
      id: "compared-with",
      description: "compares names with their prefix",
      file: names,
      find: "return name?.prefix === undefined ? item : { ...item, name: name.core };",
      replace: "return item;",
    },
    {
      id: "ring-grows",
      description: "puts prefixes before each other's in a ring",
      file: side,
      find: 'inRing && now !== ""',
      replace: 'inRing && now === "never"',
    },
    {
      id: "restated-on-both",
      description: "renames on a side that the mode does not write",
      file: planned,
      find: 'isTwoWay(context) ? (["a", "b"] as const) : (["b"] as const)',
      replace: 'isTwoWay(context) ? (["a", "b"] as const) : (["a", "b"] as const)',
    },
    {
      id: "renamings-unguarded",
      description: "renames most of many lists without asking",
      file: planned,
      find: 'presences.changed("a") + restatedOn("b")',
      replace: 'presences.changed("a")',
    },
    {
      id: "restated-twice",
      description: "takes a renaming that is cut off for done",
      file: engine("documents/document-operations"),
      find: "new Map([[field, shortHash(hasher, field, becomes)]])",
      replace: "new Map()",
    },
    {
      id: "former-lost",
      description: "forgets what stood before names until now",
      file: settings,
      find: 'const last = before.now === "" ? [] : [{ text: before.now, untilMs }];',
      replace: "const last: Prefixes['former'] = before.now === '' ? [] : [{ text: before.now, untilMs }].slice(1);",
    },
    {
      id: "other-side-lost",
      description: "takes away the prefix of a side that is not named",
      file: settings,
      find: "if (now === undefined || now === before.now) return before;",
      replace: "if (now === before.now) return before;\n  if (now === undefined) return noPrefixes;",
    },
    // What a run leaves
    {
      id: "settling-silent",
      description: "reports a success although a list is left for the next run",
      file: engine("containers/apply-containers"),
      find: "if (plan.left) results.push",
      replace: "if (!plan.left) results.push",
    },
    {
      id: "unreachable-silent",
      description: "says nothing of a list that could not be read",
      file: engine("containers/plan-containers"),
      find: 'if (planned === "unreachable") leave(link, "refused.unreachable");',
      replace: 'if (planned === "unreachable") continue;',
    },
    {
      id: "dry-run-silent",
      description: "says nothing in a dry run of lists that are left",
      file: engine("reports/build-reports"),
      find: "const items = [...recovered, ...(plan.left ?? [])",
      replace: "const items = [...recovered, ...[]",
    },
    {
      id: "children-not-due",
      description: "does not look again in lists when the pair is matched otherwise",
      file: pairs,
      find: "[id, ...children.map((child) => child.id)]",
      replace: "[id, ...children.map((child) => child.id).slice(0, 0)]",
    },
  ],
);

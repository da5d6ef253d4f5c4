import { mutantArea } from "../mutant.ts";

const engine = "packages/core/src/engine";
const contradictions = `${engine}/overrides/contradictions.ts`;
const rows = `${engine}/overrides/override-rows.ts`;
const reading = `${engine}/overrides/read-overruled.ts`;
const reconsider = `${engine}/overrides/reconsider.ts`;
const release = `${engine}/membership/release.ts`;
const due = `${engine}/membership/due.ts`;
const seekers = `${engine}/membership/overruled-seekers.ts`;
const wrong = `${engine}/membership/wrong-copies.ts`;
const resolve = `${engine}/membership/resolve.ts`;
const search = `${engine}/membership/catalogue-search.ts`;
const held = `${engine}/membership/held-library.ts`;
const records = `${engine}/links/link-records.ts`;
const options = `${engine}/requests/match-options.ts`;
const pairs = `${engine}/requests/pairs.ts`;

export const area = mutantArea(
  "overrides",
  {
    file: `${engine}/overrides/overruled.ts`,
    tests: [
      "packages/core/test/engine/overrides/overruled.test.ts",
      "packages/core/test/engine/overrides/following.test.ts",
      "packages/core/test/engine/overrides/keeping.test.ts",
      "packages/core/test/engine/overrides/lists.test.ts",
      "packages/core/test/engine/overrides/around.test.ts",
      "packages/core/test/engine/match-options.test.ts",
      "packages/core/test/engine/overrides/sharing.test.ts",
    ],
    env: { FC_RUNS: "40" },
  },
  [
    {
      id: "one-way-same",
      description: "knows what is the same from one side only",
      find: "        append(this.#same.b, each.b, each.a);",
      replace: "",
    },
    {
      id: "different-is-not",
      description: "lets two stand for each other that are different",
      find: "if (this.#different.size > 0 && this.#different.has(together(aId, bId))) return true;",
      replace: "",
    },
    {
      id: "another-of-a",
      description: "lets an item of A stand for another than the one that the user gave it",
      find: `return this.#isAnothers("a", aId, bId) || this.#isAnothers("b", bId, aId);`,
      replace: `return this.#isAnothers("b", bId, aId);`,
    },
    {
      id: "another-of-b",
      description: "lets an item share one that the user gave to another",
      find: `return this.#isAnothers("a", aId, bId) || this.#isAnothers("b", bId, aId);`,
      replace: `return this.#isAnothers("a", aId, bId);`,
    },
    {
      id: "alone-on-a-only",
      description: "lets something stand for what has no counterpart on the other side",
      find: `this.isAlone("a", aId) || this.isAlone("b", bId) ||`,
      replace: `this.isAlone("a", aId) ||`,
    },
    {
      id: "shared-by-both",
      description: "lets only the first of several share what the user gave to all of them",
      find: "return same.length > 0 && !same.includes(other);",
      replace: "return same.length > 0 && same[0] !== other;",
    },
    {
      id: "suppressed-by-none",
      description: "forgets that the user deleted the copy of what has no counterpart",
      find: `if (state === "suppressed") return this.#isRuledOut(aId, bId);`,
      replace: "",
    },
    {
      id: "override-outlives",
      description: "keeps a link that rests on a decision which was taken back",
      find: `|| (matchedBy === "override" && !this.sameAs("a", aId).includes(bId))`,
      replace: "",
    },
    {
      id: "matched-by-anything",
      description: "lets go of every link that no decision confirms",
      find: `(matchedBy === "override" && `,
      replace: "(",
    },
    {
      id: "flipped-not",
      description: "asks the wrong side when it looks the other way",
      find: "isAlone: (side, id) => this.isAlone(otherThan(side), id),",
      replace: "isAlone: (side, id) => this.isAlone(side, id),",
    },

    {
      id: "same-never-replaced",
      file: contradictions,
      description: "keeps what an item was the same as beside what it is now",
      find: `if (verdict === "same" && other === "same") return !alongside;`,
      replace: `if (verdict === "same" && other === "same") return false;`,
    },
    {
      id: "same-always-replaced",
      file: contradictions,
      description: "replaces what was to stand alongside",
      find: `if (verdict === "same" && other === "same") return !alongside;`,
      replace: `if (verdict === "same" && other === "same") return true;`,
    },
    {
      id: "none-beside-same",
      file: contradictions,
      description: "keeps that an item has no counterpart beside the one it gets",
      find: `(verdict === "none" && other === "same") || (verdict === "same" && other === "none")`,
      replace: `verdict === "same" && other === "none"`,
    },
    {
      id: "same-beside-none",
      file: contradictions,
      description: "keeps a counterpart beside that there is none",
      find: `(verdict === "none" && other === "same") || (verdict === "same" && other === "none")`,
      replace: `verdict === "none" && other === "same"`,
    },
    {
      id: "verdict-replaced-silently",
      file: contradictions,
      description: "does not tell of another verdict on the same two",
      find: "if (again) return again.verdict !== row.verdict;",
      replace: "if (again) return false;",
    },
    {
      id: "twins-in-a-file",
      file: contradictions,
      description: "takes the later of two verdicts in a file",
      find: "if (twin !== undefined && rows[twin]?.verdict !== row.verdict) return [twin, place];",
      replace: "",
    },
    {
      id: "clash-in-a-file",
      file: contradictions,
      description: "takes a file that contradicts itself",
      find: "if (clashing !== undefined) return [clashing, place];",
      replace: "",
    },

    {
      id: "order-matters",
      file: rows,
      description: "takes two items in another order for another decision",
      find: "? false : order > 0;",
      replace: "? false : order > 9;",
    },
    {
      id: "itself",
      file: rows,
      description: "takes a decision about an item and itself",
      find: "if (left.service === right.service && left.key === right.key) {",
      replace: "if (left.key === null && right.key === null) {",
    },
    {
      id: "somebody-elses",
      file: reading,
      description: "asks the decisions of all users of the tenant",
      find: "where: { tenant_id: pair.tenant_id, user_id: pair.user_id, item_kind, service_a, service_b },",
      replace: "where: { tenant_id: pair.tenant_id, item_kind, service_a, service_b },",
    },
    {
      id: "oldest-first",
      file: reading,
      description: "takes the earliest of several decisions",
      find: "right.created_at - left.created_at",
      replace: "left.created_at - right.created_at",
    },
    {
      id: "sides-exchanged",
      file: reading,
      description: "takes the services of a pair for each other",
      find: "const a = isTurned ? row.id_b : row.id_a;",
      replace: "const a = isTurned ? row.id_a : row.id_b;",
    },

    {
      id: "never-due",
      file: reconsider,
      description: "does not look again at once for what was ruled out",
      find: "set: { retry_at: 0 }",
      replace: "set: { attempts: 0 }",
    },
    {
      id: "lists-stay-quiet",
      file: reconsider,
      description: "does not look at lists that have not changed",
      find: "for (const { pair_id } of linked) unsettled.add(pair_id);",
      replace: "linked.length = 0;",
    },

    {
      id: "detached-released",
      file: release,
      description: "looks for a counterpart of what is gone",
      find: `link.state !== "detached" && `,
      replace: "",
    },
    {
      id: "pending-stays",
      file: release,
      description: "writes what was found before it was ruled out",
      find: `new Set(["linked", "pending", "suppressed"])`,
      replace: `new Set(["linked", "suppressed"])`,
    },
    {
      id: "suppressed-stays",
      file: release,
      description: "finds nothing for what its user had deleted as wrong",
      find: `new Set(["linked", "pending", "suppressed"])`,
      replace: `new Set(["linked", "pending"])`,
    },
    {
      id: "other-side-kept",
      file: release,
      description: "keeps the counterpart and lets the item go",
      find: `const [ownId, letGo] = origin === "a" ? [aId, bId] : [bId, aId];`,
      replace: `const [ownId, letGo] = origin === "b" ? [aId, bId] : [bId, aId];`,
    },

    {
      id: "alone-is-due",
      file: due,
      description: "lists everything at each run for what has no counterpart",
      find: "if (own !== undefined && retryAtMs === undefined && overruled.isAlone(origin, own)) return false;",
      replace: "",
    },
    {
      id: "named-waits",
      file: due,
      description: "lets what was given a counterpart wait",
      find: "return named.length > 0 && !wasRefused(link, named, other);",
      replace: "return false;",
    },
    {
      id: "refused-at-each-run",
      file: due,
      description: "sends at each run what the service refused",
      find: "return named.length > 0 && !wasRefused(link, named, other);",
      replace: "return named.length > 0;",
    },
    {
      id: "refused-before",
      file: due,
      description: "lets rest what was refused before the user named it",
      find: `state === "refused" && matchedBy === "override" &&`,
      replace: `state === "refused" &&`,
    },

    {
      id: "alone-is-sought",
      file: seekers,
      description: "looks for a counterpart of what has none",
      find: `if (overruled.isAlone("a", key)) {`,
      replace: `if (overruled.isAlone("b", key)) {`,
    },
    {
      id: "there-first",
      file: seekers,
      description: "adds what was said last although another is there",
      find: "const toId = named.find(has) ?? (seeker.heldOnly ? undefined : named[0]);",
      replace: "const toId = seeker.heldOnly ? undefined : named[0];",
    },
    {
      id: "refused-again",
      file: seekers,
      description: "writes what rests",
      find: "(seeker.heldOnly ? undefined : named[0])",
      replace: "named[0]",
    },
    {
      id: "everything-allowed",
      file: seekers,
      description: "does not tell the matcher what is ruled out",
      find: "allowed: (id) => !overruled.forbids(key, to.ids.key(id))",
      replace: "allowed: (id) => id !== key || !overruled.forbids(key, id)",
    },
    {
      id: "chain-ignores",
      file: resolve,
      description: "takes from other pairs what is ruled out",
      find: "if (!item || allowed?.(item.id) === false) return true;",
      replace: "if (!item) return true;",
    },
    {
      id: "catalogue-ignores",
      file: search,
      description: "takes from the catalogue what is ruled out",
      find: "if (hunt.allowed?.(id) === false) hunt.ruledOut = byId.delete(id);",
      replace: "",
    },
    {
      id: "held-ignores",
      file: held,
      description: "takes from what is there what is ruled out",
      find: "return allowed ? ids.filter(allowed) : ids;",
      replace: "return ids;",
    },

    {
      id: "copies-stay",
      file: wrong,
      description: "leaves wrong copies where the pair put them",
      find: 'if (!made.has(from.key) || (!twoWay && side === "a")) continue;',
      replace: "if (made.has(from.key)) continue;",
    },
    {
      id: "takes-the-users",
      file: wrong,
      description: "takes away what had been there before the pair",
      find: 'if (!made.has(from.key) || (!twoWay && side === "a")) continue;',
      replace: 'if (!twoWay && side === "a") continue;',
    },
    {
      id: "writes-a",
      file: wrong,
      description: "takes away from the side that is only read",
      find: 'if (!made.has(from.key) || (!twoWay && side === "a")) continue;',
      replace: "if (!made.has(from.key)) continue;",
    },
    {
      id: "takes-the-wanted",
      file: wrong,
      description: "takes away what something else stands for",
      find: "if (isUnknown || wanted[side].has(storedId)) return [];",
      replace: "if (isUnknown) return [];",
    },
    {
      id: "forgets-copies",
      file: wrong,
      description: "forgets wrong copies whose removal is held",
      find: `const isLeft = state === "pending" && (aId === undefined || bId === undefined);`,
      replace: `const isLeft = state === "detached" && (aId === undefined || bId === undefined);`,
    },
    {
      id: "never-dropped",
      file: wrong,
      description: "keeps a link that nothing looks for a counterpart of",
      find: `due.has(key) && (twoWay || origin === "a")`,
      replace: "due.has(key)",
    },
    {
      id: "already-there-is-made",
      file: records,
      description: "takes for its own what was there when it was to be added",
      find: `if (target === "linked" && outcome?.result === "already-there") return "link.both";`,
      replace: "",
    },
    {
      id: "same-generation",
      file: records,
      description: "leaves a link that gets another counterpart in its generation",
      find: "repoints ? generation + 1 : generation",
      replace: "repoints ? generation : generation",
    },
    {
      id: "unknown-unnamed",
      file: records,
      description: "does not say that it was the user's id that the service does not know",
      find: `return match?.by === "override" && outcome?.result === "not-found";`,
      replace: `return match?.by === "chain" && outcome?.result === "not-found";`,
    },

    {
      id: "policies-forgotten",
      file: options,
      description: "forgets what a pair was given before",
      find: "match_policies: encode({ ...decode(stored?.match_policies ?? null), ...policies }),",
      replace: "match_policies: encode(policies),",
    },
    {
      id: "strictness-without-threshold",
      file: options,
      description: "leaves the threshold as it was when the strictness changes",
      find: "threshold ?? named ?? stored?.match_threshold",
      replace: "threshold ?? stored?.match_threshold ?? named",
    },
    {
      id: "two-thresholds",
      file: options,
      description: "takes two thresholds that differ",
      find: "match?.threshold === undefined || match.threshold === matchThreshold",
      replace: "match?.threshold === undefined || match.threshold > 0",
    },
    {
      id: "policies-unseen",
      file: pairs,
      description: "does not see that a pair is to be matched otherwise",
      find: "|| before.match_policies !== after.match_policies",
      replace: "",
    },
    {
      id: "rests-by-new-rules",
      file: pairs,
      description: "lets rest by new rules what was not found by the old ones",
      find: "...(stored && matchesOtherwise(stored, draft) ? await lookAgain(parts, draft) : []),",
      replace: "",
    },
  ],
);

import { type ItemKindName, itemKinds } from "@syncer/core";
import {
  cataloguesOf,
  FEW,
  fill,
  itemsOf,
  listAll,
  listedOf,
  logsUnderTest,
  membershipsUnderTest,
  type ProviderBench,
} from "./bench.ts";
import { containerSides, containerWith, contentPages } from "./container-bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual } from "./ensure.ts";
import { toUniversal } from "./universal-form.ts";

interface NativeItem {
  readonly from: string;
  readonly kind: ItemKindName;
  readonly native: unknown;
  /** Where the listing names it. */
  readonly id?: string;
}

/** Items as every part of the provider gives them: listings, lookups, searches, single questions. */
async function gatherItems(bench: ProviderBench): Promise<readonly NativeItem[]> {
  const items: NativeItem[] = [];
  for (const { type, collection } of membershipsUnderTest(bench)) {
    if (itemsOf(bench.harness, collection.kind).ids.length >= FEW) await fill(bench, type);
    for (const { id, native } of listedOf(await listAll(collection, bench.session()))) {
      items.push({ from: `the listing of ${type}`, kind: collection.kind, native, id });
    }
  }
  items.push(...(await gatherLogged(bench)), ...(await gatherContents(bench)));
  items.push(...(await gatherFound(bench)));
  if (cataloguesOf(bench.harness).length === 0) return items;
  ensure(items.length > 0, "neither listings nor catalogue give an item to look at");
  return items;
}

async function gatherFound(bench: ProviderBench): Promise<readonly NativeItem[]> {
  const items: NativeItem[] = [];
  for (const { kind, catalogue, items: known } of cataloguesOf(bench.harness)) {
    const add = (from: string, natives: readonly unknown[]) => {
      items.push(...natives.map((native) => ({ from, kind, native })));
    };
    for (const [scheme, lookup] of Object.entries(catalogue.lookups)) {
      const key = known.lookups?.[scheme]?.known;
      if (key) add(`the lookup by ${scheme}`, (await lookup.find(bench.session(), [key])).get(key) ?? []);
    }
    if (catalogue.search && known.search) {
      const { title, artist } = known.search;
      const query = { by: "fields", title, ...(artist === undefined ? {} : { artist }) } as const;
      add(`a search for a ${kind}`, await catalogue.search.find(bench.session(), query));
    }
    for (const id of [...known.ids.slice(0, 3), known.unavailableId]) {
      const item = id === undefined ? undefined : await catalogue.get(bench.session(), id);
      if (item && "native" in item && item.native !== undefined) add(`one ${kind} by id`, [item.native]);
    }
  }
  return items;
}

async function gatherLogged(bench: ProviderBench): Promise<readonly NativeItem[]> {
  const items: NativeItem[] = [];
  for (const { type, collection } of logsUnderTest(bench)) {
    if (itemsOf(bench.harness, collection.kind).ids.length >= FEW) await fill(bench, type);
    for (const { id, native } of listedOf(await listAll(collection, bench.session()))) {
      items.push({ from: `the log ${type}`, kind: collection.kind, native, id });
    }
  }
  return items;
}

async function gatherContents(bench: ProviderBench): Promise<readonly NativeItem[]> {
  const items: NativeItem[] = [];
  for (const side of containerSides(bench)) {
    const container = await containerWith(bench, side, itemsOf(bench.harness, side.contents.kind).ids.slice(0, FEW));
    for (const page of await contentPages(side, bench.session(), container)) {
      for (const entry of page.entries) {
        if (entry.state !== "listed") continue;
        items.push({ from: `what ${side.type} hold`, kind: side.contents.kind, native: entry.native, id: entry.id });
      }
    }
  }
  return items;
}

export const mappingChecks = defineChecks([
  {
    name: "maps every item that it gives to the universal form of its kind",
    needs: ["catalogue items"],
    async run(bench) {
      for (const { from, kind, native } of await gatherItems(bench)) {
        const parsed = itemKinds[kind].schema.safeParse(toUniversal(bench, kind, native));
        const problems = parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
        ensureEqual(problems, [], `problems of an item from ${from}`);
      }
    },
  },
  {
    name: "maps without side effects: the same answer each time, the native item unchanged",
    needs: ["catalogue items"],
    async run(bench) {
      for (const { from, kind, native } of await gatherItems(bench)) {
        const before = JSON.stringify(native);
        const frozen = deepFreeze(structuredClone(native));
        ensureEqual(toUniversal(bench, kind, frozen), toUniversal(bench, kind, native), `two mappings (${from})`);
        ensureEqual(JSON.stringify(native), before, `the native item after its mapping (${from})`);
      }
    },
  },
  {
    name: "gives every item the id under which its listing names it",
    needs: ["catalogue items"],
    async run(bench) {
      for (const { from, kind, native, id } of await gatherItems(bench)) {
        const own = toUniversal(bench, kind, native).externalIds[bench.provider.name];
        ensure(own, `externalIds.${bench.provider.name} is missing in ${from}`);
        if (id !== undefined) ensureEqual(own, id, `externalIds.${bench.provider.name} in ${from}`);
      }
    },
  },
  {
    name: "gives lengths in milliseconds",
    needs: ["catalogue items"],
    async run(bench) {
      const lengths = (await gatherItems(bench)).flatMap(({ kind, native }) => {
        const item = toUniversal(bench, kind, native);
        return "durationMs" in item && item.durationMs !== undefined ? [item.durationMs] : [];
      });
      // The longest recordings last some hours, and hardly any is shorter than ten seconds.
      for (const lengthMs of lengths) ensure(lengthMs <= 86_400_000, `an item of ${lengthMs} ms: more than a day`);
      const short = lengths.filter((lengthMs) => lengthMs < 10_000).length;
      ensure(short * 2 <= lengths.length, `${short} of ${lengths.length} items are shorter than ten seconds`);
    },
  },
  {
    name: "leaves out what the service does not say, instead of an empty text",
    needs: ["catalogue items"],
    async run(bench) {
      for (const { from, kind, native } of await gatherItems(bench)) {
        const { title: _, name: __, ...optional } = { title: "", name: "", ...toUniversal(bench, kind, native) };
        for (const [field, value] of Object.entries(optional)) {
          ensure(value !== "" && value !== null, `${field} of an item from ${from} is empty; absent means unknown`);
        }
      }
    },
  },
]);

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}

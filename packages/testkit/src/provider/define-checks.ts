import type { ItemKindName } from "@syncer/core";
import { cataloguesOf, collectionsUnderTest, createBench, itemsOf, probeOf } from "./bench.ts";
import type { ProviderHarness } from "./harness.ts";
import type { CheckDescription, Need, ProviderCheck } from "./provider-check.ts";

const writing: readonly Need[] = ["write", "document write", "contents write", "log write"];

export function defineChecks(descriptions: readonly CheckDescription[]): readonly ProviderCheck[] {
  return descriptions.map(({ name, needs = [], run }) => ({
    name,
    writes: writing.some((need) => needs.includes(need)),
    skipReason: (harness) => {
      const missing = needs.filter((need) => !isMet(need, harness));
      return missing.length === 0 ? undefined : `needs ${missing.join(", ")}`;
    },
    run: (harness) => run(createBench(harness)),
  }));
}

function isMet(need: Need, harness: ProviderHarness): boolean {
  const { provider, fixtures, standIn, user } = harness;
  const named = collectionsUnderTest({ harness });
  const collections = named.map(({ collection }) => collection);
  const documents = named.flatMap(({ type, collection }) =>
    collection.shape === "documents" || collection.shape === "containers" ? [{ type, ...collection }] : [],
  );
  const memberships = collections.flatMap((each) => (each.shape === "membership" ? [each] : []));
  const catalogues = cataloguesOf(harness);
  const kinds = Object.values(fixtures.items ?? {});
  const containers = documents.flatMap((side) =>
    side.shape === "containers" && fixtures.documents?.[side.type] ? [side] : [],
  );
  switch (need) {
    case "account":
      return user.accessToken !== undefined || user.accountId !== undefined;
    case "authorization":
      return provider.authorization.kind !== "none";
    case "token":
      return user.accessToken !== undefined;
    case "catalogue":
      return catalogues.length > 0;
    case "lookup":
      return catalogues.some(({ catalogue, items }) =>
        Object.keys(catalogue.lookups).some((scheme) => items.lookups?.[scheme]),
      );
    case "search":
      return catalogues.some(({ catalogue, items }) => catalogue.search && items.search);
    case "probe":
      return collections.some((collection) => probeOf(collection) !== undefined);
    case "sign-in":
      return harness.signIn !== undefined;
    case "stand-in":
      return (
        standIn !== undefined &&
        documents.every(({ type }) => standIn.documents?.[type]) &&
        containers.every(({ type }) => standIn.containers?.[type])
      );
    case "webhooks":
      return provider.webhooks !== undefined;
    case "odd rows":
      return standIn?.addOddRows !== undefined;
    case "unknown id":
      return kinds.some(({ unknownId }) => unknownId !== undefined);
    case "unavailable id":
      return catalogues.some(({ items }) => items.unavailableId !== undefined);
    case "catalogue items":
      return memberships.length > 0 || catalogues.length > 0;
    case "containers":
      return containers.length > 0 && standIn?.containers !== undefined;
    case "contents write":
      return harness.writable && standIn?.containers !== undefined && containers.some((side) => side.contents.write);
    case "log":
      return collections.some(({ shape }) => shape === "log");
    case "log write":
      return harness.writable && collections.some((each) => each.shape === "log" && each.write);
    case "membership":
      return memberships.length > 0;
    case "write":
      return harness.writable && memberships.some(({ write }) => write);
    case "documents":
      return documents.some(({ type }) => fixtures.documents?.[type]);
    case "document write":
      return harness.writable && documents.some(({ type, write }) => write && fixtures.documents?.[type]);
    case "conditional writes":
      return documents.some(({ write }) => write?.preconditions === "conditional");
    case "client ids":
      return documents.some(({ write }) => write?.identity === "client-id");
    case "markers":
      return documents.some(({ write }) => write?.identity === "marker");
    default:
      return fewest(harness, documents, memberships) >= Number.parseInt(need, 10);
  }
}

/** The smallest number of items that the harness gives for a collection. */
function fewest(
  harness: ProviderHarness,
  documents: readonly { readonly type: string }[],
  memberships: readonly { readonly kind: ItemKindName }[],
): number {
  const counts = documents.map(({ type }) => harness.fixtures.documents?.[type]?.items.length ?? 0);
  const held = memberships.map(({ kind }) => itemsOf(harness, kind).ids.length);
  const found = cataloguesOf(harness).map(({ items }) => items.ids.length);
  return Math.min(...counts, ...held, ...found, ...(counts.length + held.length + found.length === 0 ? [0] : []));
}

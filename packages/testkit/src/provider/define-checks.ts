import { collectionsOf } from "@syncer/core";
import { createBench, probeOf } from "./bench.ts";
import type { ProviderHarness } from "./harness.ts";
import type { CheckDescription, Need, ProviderCheck } from "./provider-check.ts";

export function defineChecks(descriptions: readonly CheckDescription[]): readonly ProviderCheck[] {
  return descriptions.map(({ name, needs = [], run }) => ({
    name,
    writes: needs.includes("write") || needs.includes("document write") || needs.includes("contents write"),
    skipReason: (harness) => {
      const missing = needs.filter((need) => !isMet(need, harness));
      return missing.length === 0 ? undefined : `needs ${missing.join(", ")}`;
    },
    run: (harness) => run(createBench(harness)),
  }));
}

function isMet(need: Need, harness: ProviderHarness): boolean {
  const { provider, fixtures, standIn, user } = harness;
  const collections = collectionsOf(provider).map(([, collection]) => collection);
  const documents = collectionsOf(provider).flatMap(([type, collection]) =>
    collection.shape === "documents" || collection.shape === "containers" ? [{ type, ...collection }] : [],
  );
  const memberships = collections.filter(({ shape }) => shape === "membership");
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
      return provider.catalogue !== undefined;
    case "lookup":
      return Object.keys(provider.catalogue?.lookups ?? {}).some((scheme) => fixtures.lookups?.[scheme]);
    case "search":
      return provider.catalogue?.search !== undefined && fixtures.search !== undefined;
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
    case "odd rows":
      return standIn?.addOddRows !== undefined;
    case "unknown id":
      return fixtures.unknownId !== undefined;
    case "unavailable id":
      return fixtures.unavailableId !== undefined;
    case "catalogue items":
      return memberships.length > 0 || provider.catalogue !== undefined;
    case "containers":
      return containers.length > 0 && standIn?.containers !== undefined;
    case "contents write":
      return harness.writable && standIn?.containers !== undefined && containers.some((side) => side.contents.write);
    case "log":
      return collections.some(({ shape }) => shape === "log");
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
      return fewest(harness, documents, memberships.length > 0) >= Number.parseInt(need, 10);
  }
}

/** The smallest number of items that the harness gives for a collection. */
function fewest(
  { fixtures }: ProviderHarness,
  documents: readonly { readonly type: string }[],
  memberships: boolean,
): number {
  const counts = documents.map(({ type }) => fixtures.documents?.[type]?.items.length ?? 0);
  return Math.min(...counts, ...(memberships || counts.length === 0 ? [fixtures.itemIds.length] : []));
}

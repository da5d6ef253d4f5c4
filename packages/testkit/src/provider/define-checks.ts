import { collectionsOf } from "@syncer/core";
import { createBench } from "./bench.ts";
import type { ProviderHarness } from "./harness.ts";
import type { CheckDescription, Need, ProviderCheck } from "./provider-check.ts";

export function defineChecks(descriptions: readonly CheckDescription[]): readonly ProviderCheck[] {
  return descriptions.map(({ name, needs = [], run }) => ({
    name,
    writes: needs.includes("write"),
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
      return collections.some(({ read }) => read.probe);
    case "sign-in":
      return harness.signIn !== undefined;
    case "stand-in":
      return standIn !== undefined;
    case "odd rows":
      return standIn?.addOddRows !== undefined;
    case "unknown id":
      return fixtures.unknownId !== undefined;
    case "unavailable id":
      return fixtures.unavailableId !== undefined;
    case "write":
      return harness.writable && collections.some(({ write }) => write);
    default:
      return fixtures.itemIds.length >= Number.parseInt(need, 10);
  }
}

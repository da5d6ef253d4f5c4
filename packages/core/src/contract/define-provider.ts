import { ConfigurationError, type ConfigurationProblem } from "../errors/index.ts";
import {
  type ItemKindName,
  type SyncType,
  syncTypeNames,
  type UniversalItem,
  type UniversalItems,
} from "../items/index.ts";
import type { ListedEntry, ListPage, MembershipCollection } from "./collection.ts";
import { formProblems } from "./provider-form.ts";
import { ServiceError } from "./service-failure.ts";
import type {
  Collections,
  ItemMappings,
  NativeItems,
  ProviderDefinition,
  ServiceProvider,
} from "./service-provider.ts";
import type { Session } from "./session.ts";
import type { SyncError, SyncItem, SyncResult } from "./sync-result.ts";

const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Completes a provider from its definition: checks it, and derives `scopes`, `validateTokens` and `syncUserData`,
 * so that a provider's author describes an API and writes only its collections.
 *
 * Names stay literal types: `defineProvider({ name: "spotify", … })` is a provider of "spotify" and of nothing else.
 *
 * @throws {ConfigurationError} with every problem of the definition
 */
export function defineProvider<
  TNative extends NativeItems,
  const TName extends string,
  TCollections extends Collections<TNative>,
>(definition: ProviderDefinition<TNative, TName, TCollections>): ServiceProvider<TNative, TName, TCollections> {
  const problems = findProblems(definition);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    ...definition,
    scopes: allScopes(definition),
    validateTokens: (session) => tokensWork(definition, session),
    syncUserData: (session, since) => readEverything(definition, session, since),
  };
}

function findProblems(definition: ProviderDefinition): ConfigurationProblem[] {
  const problems = formProblems(definition, "provider");
  if (problems.length > 0) return problems;
  if (!NAME.test(definition.name)) {
    problems.push({
      path: "provider.name",
      expected: "lower-case letters, digits and hyphens, beginning with a letter",
      fix: `Rename "${definition.name}".`,
    });
  }
  if (definition.contractVersion !== 1) {
    problems.push({
      path: `provider(${definition.name}).contractVersion`,
      expected: "1",
      fix: "Install a release of the provider that was written for this release of @syncer/core.",
    });
  }
  const { requests, perMs, concurrency } = definition.transport.rateLimit;
  for (const [field, value] of Object.entries({ requests, perMs, concurrency })) {
    if (!(value > 0)) {
      problems.push({
        path: `provider(${definition.name}).transport.rateLimit.${field}`,
        expected: "a positive number",
        fix: "State what the service allows.",
      });
    }
  }
  for (const [type, collection] of collectionsOf(definition)) {
    if (!(collection.kind in definition.items)) {
      problems.push({
        path: `provider(${definition.name}).items.${collection.kind}`,
        expected: "a mapping to the universal type",
        fix: `Add { toUniversal } for "${collection.kind}", which the collection "${type}" holds.`,
      });
    }
    if (!(collection.read.pageSize > 0)) {
      problems.push({
        path: `provider(${definition.name}).collections.${type}.read.pageSize`,
        expected: "a positive number",
        fix: "State the largest page that the service gives.",
      });
    }
  }
  return problems;
}

/** The collections that are present, with their sync types. */
export function collectionsOf(definition: {
  readonly collections: Collections;
}): readonly (readonly [SyncType, MembershipCollection])[] {
  return syncTypeNames.flatMap((type) => {
    const collection = definition.collections[type];
    return collection ? [[type, collection] as const] : [];
  });
}

function allScopes(definition: ProviderDefinition): readonly string[] {
  const base = definition.authorization.kind === "oauth2" ? definition.authorization.baseScopes : [];
  const needed = collectionsOf(definition).flatMap(([, { scopes }]) => [...scopes.read, ...scopes.write]);
  return [...new Set([...base, ...needed])].sort();
}

async function tokensWork(definition: ProviderDefinition, session: Session): Promise<boolean> {
  try {
    await definition.profile(session);
    return true;
  } catch (error) {
    if (error instanceof ServiceError) {
      const { kind } = error.failure;
      if (kind === "unauthorized" || kind === "reauthorization-required") return false;
    }
    throw error;
  }
}

async function* readEverything(
  definition: ProviderDefinition,
  session: Session,
  since: number | undefined,
): AsyncIterable<SyncResult<UniversalItem>> {
  for (const [syncType, collection] of collectionsOf(definition)) {
    const toUniversal = mappingOf(definition, collection.kind);
    // One page is held back, because only the end of the iteration tells which page was the last.
    let held: SyncResult<UniversalItem> | undefined;
    for await (const page of collection.read.list(session, {})) {
      if (held) yield held;
      held = resultOf(syncType, collection, page, since, toUniversal);
    }
    if (held) yield { ...held, complete: true };
  }
}

/** The pure mapping from a service's own form of an item kind to the universal one. */
export function mappingOf<K extends ItemKindName>(
  definition: { readonly name: string; readonly items: Partial<ItemMappings<NativeItems>> },
  kind: K,
): (native: unknown) => UniversalItems[K] {
  const mappings: { readonly [Kind in ItemKindName]?: { toUniversal(native: unknown): UniversalItems[Kind] } } =
    definition.items;
  const mapping = mappings[kind];
  // `defineProvider` has checked that every kind of its collections is mapped.
  if (!mapping) throw new TypeError(`provider ${definition.name} maps no ${kind}`);
  return (native) => mapping.toUniversal(native);
}

function resultOf(
  syncType: SyncType,
  collection: MembershipCollection,
  page: ListPage<unknown>,
  since: number | undefined,
  toUniversal: (native: unknown) => UniversalItem,
): SyncResult<UniversalItem> {
  const items: SyncItem<UniversalItem>[] = [];
  const errors: SyncError[] = [];
  for (const entry of page.entries) {
    if (entry.state !== "listed") errors.push(unreadableEntry(entry));
    else if (since === undefined || entry.addedAtMs === undefined || entry.addedAtMs >= since) {
      items.push({
        externalId: entry.id,
        itemType: collection.kind,
        action: "create",
        data: toUniversal(entry.native),
        ...(entry.addedAtMs === undefined ? {} : { lastModifiedMs: entry.addedAtMs }),
      });
    }
  }
  return {
    syncType,
    items,
    errors,
    counts: { create: items.length, update: 0, delete: 0 },
    ...(page.total === undefined ? {} : { total: page.total }),
    complete: false,
  };
}

function unreadableEntry(entry: Exclude<ListedEntry<unknown>, { state: "listed" }>): SyncError {
  return {
    ...(entry.id === undefined ? {} : { externalId: entry.id }),
    code: entry.state === "unsyncable" ? entry.reason : "unreadable",
  };
}

import { ConfigurationError, type ConfigurationProblem } from "../errors/index.ts";
import type { ItemKindName, SyncType, UniversalItems } from "../items/index.ts";
import { type KnownSyncType, syncTypes } from "../items/index.ts";
import { formProblems } from "./provider-form.ts";
import { readEverything } from "./read-everything.ts";
import { ServiceError } from "./service-failure.ts";
import type {
  AnyCollection,
  Collections,
  ItemMappings,
  NativeItems,
  ProviderDefinition,
  ServiceProvider,
} from "./service-provider.ts";
import type { Session } from "./session.ts";

const NAME = /^[a-z][a-z0-9-]*$/;
const MINUTE_MS = 60_000;

/**
 * Completes a provider from its definition: checks it, and derives `scopes`, `validateTokens` and `syncUserData`,
 * so that a provider's author describes an API and writes only its collections.
 *
 * Names stay literal types: `defineProvider({ name: "spotify", … })` is a provider of "spotify" and of nothing else.
 * A provider of documents only has `items: {}`.
 *
 * @throws {ConfigurationError} with every problem of the definition
 */
export function defineProvider<
  TNative extends NativeItems = Record<never, unknown>,
  const TName extends string = string,
  TCollections extends Collections<TNative> = Collections<TNative>,
>(definition: ProviderDefinition<TNative, TName, TCollections>): ServiceProvider<TNative, TName, TCollections> {
  const problems = findProblems(definition);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const mapping = (kind: ItemKindName) => mappingOf(definition, kind);
  return {
    ...definition,
    scopes: allScopes(definition),
    validateTokens: (session) => tokensWork(definition, session),
    syncUserData: (session, since) => readEverything(collectionsOf(definition), mapping, session, since),
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
    const known = syncTypes[type as KnownSyncType];
    if (known && collection.shape !== known.shape) {
      problems.push({
        path: `provider(${definition.name}).collections.${type}.shape`,
        expected: `the shape "${known.shape}", which this sync type has`,
        fix: "Give a collection of another shape another name.",
      });
    }
    const held = kindHeld(collection);
    if (known?.shape === "membership" && held !== undefined && held !== known.kind) {
      problems.push({
        path: `provider(${definition.name}).collections.${type}.kind`,
        expected: `the kind "${known.kind}", which this sync type has`,
        fix: "Give a collection of another kind another name.",
      });
    }
    if (held && !(held in definition.items)) {
      problems.push({
        path: `provider(${definition.name}).items.${held}`,
        expected: "a mapping to the universal type",
        fix: `Add { toUniversal } for "${held}", which the collection "${type}" holds.`,
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
  problems.push(...webhookProblems(definition));
  for (const kind of Object.keys(definition.catalogues ?? {})) {
    if (kind in definition.items) continue;
    problems.push({
      path: `provider(${definition.name}).items.${kind}`,
      expected: "a mapping to the universal type",
      fix: `Add { toUniversal } for "${kind}", which catalogues.${kind} finds.`,
    });
  }
  return problems;
}

function webhookProblems({ name, webhooks, collections }: ProviderDefinition): ConfigurationProblem[] {
  if (webhooks === undefined) return [];
  const unknown = (webhooks.types ?? []).filter((type) => !Object.hasOwn(collections, type));
  return [
    ...(Number.isSafeInteger(webhooks.maxTtlMs) && webhooks.maxTtlMs >= MINUTE_MS
      ? []
      : [
          {
            path: `provider(${name}).webhooks.maxTtlMs`,
            expected: "a whole number of milliseconds, a minute at least",
            fix: "State the longest life that the service gives a channel.",
          },
        ]),
    ...unknown.map((type) => ({
      path: `provider(${name}).webhooks.types`,
      expected: "sync types of the provider's collections",
      fix: `Remove "${type}", or add a collection of that type.`,
    })),
  ];
}

/** The kind of the references that a collection is made of, or that its containers hold. */
function kindHeld(collection: AnyCollection): ItemKindName | undefined {
  switch (collection.shape) {
    case "membership":
    case "log":
      return collection.kind;
    case "containers":
      return collection.contents.kind;
    case "documents":
    case "held-documents":
      return undefined;
  }
}

/** The collections that are present, with their sync types. */
export function collectionsOf(definition: {
  readonly collections: Collections;
}): readonly (readonly [SyncType, AnyCollection])[] {
  return Object.entries(definition.collections).flatMap(([type, collection]) =>
    collection ? [[type, collection] as const] : [],
  );
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

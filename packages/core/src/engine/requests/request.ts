import { z } from "zod";
import {
  type AnyProvider,
  collectionOf,
  receiverOf,
  type SyncMode,
  supportedModes,
  syncModes,
} from "../../contract/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import { type SyncType, syncTypes } from "../../items/index.ts";
import { type ConflictPolicy, conflictPolicies } from "../../reconcile/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { type HistoryOptions, historyDefaults, historySchema } from "./history-options.ts";
import { assertOneThreshold, type MatchOptions, matchSchema } from "./match-options.ts";
import { type ContainerSelection, type NamePrefix, prefixSchema, selectionSchema } from "./selection.ts";

/** How a pair is synced. Absent fields keep what the pair has, or take the defaults below for a new one. */
export interface SyncOptions {
  /** What happens to items that both sides changed. One-way favourites have none. Default `skip`. */
  readonly conflictPolicy?: ConflictPolicy;
  /** The lowest confidence that is written, 0..1. Default 0.8. */
  readonly matchThreshold?: number;
  /** What may stand for what (live takes, covers, remasters …), and how sure a match has to be. Default: as the engine's. */
  readonly match?: MatchOptions;
  /** `additive` (default): what leaves the side that is read stays on the other. `mirror`: it leaves there too. */
  readonly propagation?: "additive" | "mirror";
  /** With `mirror`: also clears what the side that is read never had. Default `false`; the first time needs a confirmation. */
  readonly prune?: boolean;
  /** Of containers (playlists): which of them are synced. Given, it takes the place of the whole one before; `{}` is all. */
  readonly select?: ContainerSelection;
  /** Of containers: what stands before the names of copies. A side that is not given keeps what it has. */
  readonly prefix?: NamePrefix;
  /**
   * Of documents: what is left out, and what is changed on the way; the kind of document says what there is to choose (events:
   * `EventRules` of `@syncer/calendar`). Given, it takes the place of all rules before; `{}` is none.
   */
  readonly rules?: object;
  /** Of listening history: the playlist that takes it where a service does not accept it. */
  readonly history?: HistoryOptions;
  /** Plan only. Default `false`. */
  readonly dryRun?: boolean;
}

/** The defaults of {@link SyncOptions}; part of the interface. */
export const syncDefaults = {
  conflictPolicy: "skip",
  matchThreshold: 0.8,
  match: {},
  propagation: "additive",
  prune: false,
  select: {},
  prefix: {},
  rules: {},
  history: historyDefaults,
  dryRun: false,
} as const satisfies Required<SyncOptions>;

/**
 * A side: the service's name where the user has one connection to it, else `{ connectionId }`. Of documents that are in containers
 * (the events of calendars), `container` says in which one; `engine.containers` lists them.
 */
export type SideName<TService extends string = string> =
  | TService
  | { readonly service: TService; readonly container: string }
  | { readonly connectionId: string; readonly container?: string };

export interface ServicePair<TService extends string = string> {
  readonly source: SideName<TService>;
  readonly target: SideName<TService>;
  /** `sync-from`: source to target. `sync-to`: target to source. `bidirectional`: both ways. */
  readonly mode: SyncMode;
}

/** What to sync. Pairs are remembered: the next request for the same two sides goes on where this one ended. */
export interface SyncJobRequest<TService extends string = string> {
  /** Default `"default"`. */
  readonly tenantId?: string;
  readonly userId: string;
  readonly pairs: readonly ServicePair<TService>[];
  readonly type: SyncType;
  readonly options?: SyncOptions;
}

/** A request with every side found and every rule checked. */
export interface ResolvedPair {
  readonly tenantId: string;
  readonly userId: string;
  readonly source: ResolvedSide;
  readonly target: ResolvedSide;
  readonly mode: SyncMode;
  readonly type: SyncType;
  readonly options: SyncOptions;
}

interface ResolvedSide {
  readonly connectionId: string;
  /** The service's own id of the container that is meant, where the collection has some. */
  readonly container?: string;
  readonly provider: AnyProvider;
}

const handle = z.string().min(1).max(200);
const containerId = z.string().min(1).max(2_000);
const sideSchema = z.union(
  [
    handle,
    z.strictObject({ connectionId: handle, container: containerId.optional() }),
    z.strictObject({ service: handle, container: containerId }),
  ],
  "name a service, { connectionId }, or of documents in containers { service, container } or { connectionId, container }",
);
const optionsSchema = z.strictObject({
  conflictPolicy: z.enum(conflictPolicies).optional(),
  matchThreshold: z.number().gt(0).lte(1).optional(),
  match: matchSchema.optional(),
  propagation: z.enum(["additive", "mirror"]).optional(),
  prune: z.boolean().optional(),
  select: selectionSchema.optional(),
  prefix: prefixSchema.optional(),
  rules: z.record(z.string(), z.unknown(), "an object of rules; {} for none").optional(),
  history: historySchema.optional(),
  dryRun: z.boolean().optional(),
});
/** A tenant that may be left out. */
export const tenantSchema = z.object({ tenantId: handle.optional() });
const ownerSchema = tenantSchema.extend({ userId: handle });

/** @throws {InvalidRequestError} `request.invalid`, naming the path */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = [path, ...(issue?.path ?? []).map(String)].join(".");
  throw new InvalidRequestError("request.invalid", { path: where, problem: issue?.message ?? "not valid" });
}

export function parseOwner(value: unknown): { readonly tenantId: string; readonly userId: string } {
  const { tenantId = "default", userId } = parseWith(ownerSchema, value, "request");
  return { tenantId, userId };
}

/** A tenant that has to be named, because everything of it is meant. */
export function parseTenant(value: unknown): string {
  return parseWith(z.object({ tenantId: handle }), value, "request").tenantId;
}

export function parseOptions(value: unknown): SyncOptions {
  const options = parseWith(optionsSchema, value ?? {}, "request.options") as SyncOptions;
  if (options.prune && options.propagation === "additive") throw pruneWithoutMirror();
  assertOneThreshold(options);
  return options;
}

/** Two-way, deletions go both ways, under the guards; how one side follows the other is a matter of one-way modes. */
function assertFitsMode(mode: SyncMode, { propagation, prune }: SyncOptions): void {
  if (mode !== "bidirectional" || (propagation === undefined && !prune)) return;
  throw new InvalidRequestError("request.invalid", {
    path: `request.options.${propagation === undefined ? "prune" : "propagation"}`,
    problem: 'it is for the modes "sync-from" and "sync-to" only',
  });
}

/** What only containers have is asked for of containers only, and of copies on a side that gets some. */
function assertFitsContainers(
  { source, target, type, mode }: Pick<ResolvedPair, "source" | "target" | "type" | "mode">,
  { select, prefix }: SyncOptions,
): void {
  const refuse = (path: string, problem: string) =>
    new InvalidRequestError("request.invalid", { path: `request.options.${path}`, problem });
  const haveContainers = [source, target].every(({ provider }) => provider.collections[type]?.shape === "containers");
  for (const [option, given] of Object.entries({ select, prefix })) {
    if (given && !haveContainers) throw refuse(option, `it is for playlists, and not for "${type}"; leave it out`);
  }
  const unwritten = mode === "sync-from" ? "source" : mode === "sync-to" ? "target" : undefined;
  if (unwritten === undefined || !prefix?.[unwritten]) return;
  const written = unwritten === "source" ? "target" : "source";
  const problem = `the mode "${mode}" makes no copies there; give a prefix for "${written}", or leave it out`;
  throw refuse(`prefix.${unwritten}`, problem);
}

/** Rules as the kind of document takes them. */
function withRules(
  { source, target, type }: Pick<ResolvedPair, "source" | "target" | "type">,
  { rules, ...options }: SyncOptions,
): SyncOptions {
  if (rules === undefined) return options;
  const [schema] = [source, target].map(({ provider }) => {
    const collection = provider.collections[type];
    const isOfDocuments = collection?.shape === "documents" || collection?.shape === "held-documents";
    return isOfDocuments ? collection.kind.rules?.schema : undefined;
  });
  if (schema) return { ...options, rules: parseWith(schema, rules, "request.options.rules") };
  const problem = `there are no rules for "${type}"; leave it out`;
  throw new InvalidRequestError("request.invalid", { path: "request.options.rules", problem });
}

export function pruneWithoutMirror(): InvalidRequestError {
  return new InvalidRequestError("request.invalid", {
    path: "request.options.prune",
    problem: 'prune needs propagation "mirror"',
  });
}

/**
 * Checks a request whole, before anything is done [ENG-3].
 * @throws {InvalidRequestError} naming what is wrong with which pair, and what would be right
 */
export async function resolveRequest(parts: EngineParts, request: SyncJobRequest): Promise<readonly ResolvedPair[]> {
  const { tenantId, userId } = parseOwner(request);
  const type = parseType(parts, request.type);
  const options = parseOptions(request.options);
  if (!Array.isArray(request.pairs) || request.pairs.length === 0) throw new InvalidRequestError("request.no-pair", {});
  const resolved: ResolvedPair[] = [];
  for (const [index, pair] of request.pairs.entries()) {
    resolved.push(await resolvePair(parts, { tenantId, userId, type, options }, pair, index + 1));
  }
  return resolved;
}

async function resolvePair(
  parts: EngineParts,
  common: Pick<ResolvedPair, "tenantId" | "userId" | "type" | "options">,
  pair: ServicePair | undefined,
  place: number,
): Promise<ResolvedPair> {
  const mode = parseMode(pair?.mode, place);
  assertFitsMode(mode, common.options);
  const source = await resolveSide(parts, common, pair?.source, "source", place);
  const target = await resolveSide(parts, common, pair?.target, "target", place);
  assertDifferent(source, target, place);
  if (source.provider.category !== target.provider.category) {
    throw new InvalidRequestError("request.category-mismatch", {
      source: source.provider.name,
      target: target.provider.name,
    });
  }
  for (const side of [source, target]) assertContainer(side, common.type, place);
  assertSupported({ source: source.provider, target: target.provider, mode }, common.type, place);
  assertFitsLog({ source: source.provider, target: target.provider, mode }, common.type, common.options);
  assertFitsContainers({ source, target, type: common.type, mode }, common.options);
  const options = withRules({ source, target, type: common.type }, common.options);
  return { ...common, options, source, target, mode };
}

/** Two connections may show the same container: a calendar that is shared has the same id in either account. */
function assertDifferent(source: ResolvedSide, target: ResolvedSide, place: number): void {
  const isSameService = source.provider === target.provider;
  if (isSameService && source.container !== undefined && source.container === target.container)
    throw new InvalidRequestError("request.same-container", { pair: place });
  const isOne = source.container === undefined || target.container === undefined;
  if (source.connectionId === target.connectionId && isOne)
    throw new InvalidRequestError("request.same-connection", { pair: place });
}

/** A container is named where there is a choice of some, and nowhere else. */
function assertContainer({ provider, container }: ResolvedSide, type: SyncType, place: number): void {
  const isHeld = collectionOf(provider, type)?.shape === "held-documents";
  if (isHeld && container === undefined)
    throw new InvalidRequestError("request.container-missing", { pair: place, service: provider.name, type });
  if (!isHeld && container !== undefined)
    throw new InvalidRequestError("request.container-unwanted", { pair: place, service: provider.name, type });
}

function parseMode(mode: unknown, place: number): SyncMode {
  if (mode === undefined || mode === null || mode === "")
    throw new InvalidRequestError("request.mode-missing", { pair: place });
  const known = syncModes.find((each) => each === mode);
  if (known) return known;
  throw new InvalidRequestError("request.mode-unknown", {
    pair: place,
    mode: shown(mode),
    known: syncModes.join(", "),
  });
}

/** What was given, as far as it can be shown. */
function shown(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 40) : `(${value === null ? "null" : typeof value})`;
}

/** The sync types of music are known even where no provider offers them: that is another mistake than a wrong name. */
function parseType({ registry }: EngineParts, type: unknown): SyncType {
  const offered = registry.list().flatMap(({ capabilities }) => capabilities.map((each) => each.type));
  const names = [...new Set<string>([...Object.keys(syncTypes), ...offered])];
  const known = names.find((name) => name === type);
  if (known !== undefined) return known;
  throw new InvalidRequestError("request.type-unknown", {
    type: shown(type),
    known: names.join(", "),
  });
}

async function resolveSide(
  parts: EngineParts,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  side: unknown,
  name: "source" | "target",
  place: number,
): Promise<ResolvedSide> {
  if (side === undefined || side === null || side === "") {
    throw new InvalidRequestError("request.side-missing", { pair: place, side: name });
  }
  const parsed = parseWith(sideSchema, side, `request.pairs.${place - 1}.${name}`);
  const at = typeof parsed === "string" || parsed.container === undefined ? {} : { container: parsed.container };
  if (typeof parsed !== "string" && "connectionId" in parsed) {
    const { service } = await parts.connections.get({ tenantId, userId, connectionId: parsed.connectionId });
    return { connectionId: parsed.connectionId, provider: parts.registry.get(service), ...at };
  }
  const provider = parts.registry.get(typeof parsed === "string" ? parsed : parsed.service);
  const connections = await parts.connections.list({ tenantId, userId, service: provider.name });
  const [first, second] = connections;
  if (!first) throw new InvalidRequestError("service.not-connected", { service: provider.name });
  if (second) {
    throw new InvalidRequestError("service.ambiguous", {
      service: provider.name,
      connectionIds: connections.map(({ id }) => id).join(", "),
    });
  }
  return { connectionId: first.id, provider, ...at };
}

interface Sides {
  readonly source: AnyProvider;
  readonly target: AnyProvider;
  readonly mode: SyncMode;
}

function assertSupported({ source, target, mode }: Sides, type: SyncType, place: number): void {
  const readers = mode === "sync-from" ? [source] : mode === "sync-to" ? [target] : [source, target];
  const isLog = readers.some((provider) => collectionOf(provider, type)?.shape === "log");
  for (const provider of isLog && mode !== "bidirectional" ? readers : [source, target]) {
    if (!collectionOf(provider, type)) {
      throw new InvalidRequestError("request.type-unsupported", { service: provider.name, type, access: "read" });
    }
  }
  if (isLog && mode === "bidirectional") {
    const problem = 'what was played goes one way; use "sync-from" (source to target) or "sync-to" (target to source)';
    throw new InvalidRequestError("request.invalid", { path: `request.pairs.${place - 1}.mode`, problem });
  }
  if (!supportedModes(source, target, type).includes(mode)) {
    const service = mode === "sync-from" || source.collections[type]?.write ? target.name : source.name;
    throw new InvalidRequestError("request.type-unsupported", { service, type, access: "write" });
  }
}

/** What was played is added and never taken back; how long the list of it gets is for what takes it. */
function assertFitsLog(
  { source, target, mode }: Sides,
  type: SyncType,
  { history, propagation, prune }: SyncOptions,
): void {
  const [from, to] = mode === "sync-to" ? [target, source] : [source, target];
  const isLog = collectionOf(from, type)?.shape === "log";
  const invalid = (option: string, problem: string) =>
    new InvalidRequestError("request.invalid", { path: `request.options.${option}`, problem });
  if (!isLog) {
    if (history) throw invalid("history", 'it is for listening history (type "recently_played") only; leave it out');
    return;
  }
  if (propagation === "mirror") throw invalid("propagation", 'plays are only added; leave it out, or say "additive"');
  if (prune) throw invalid("prune", "plays are only added; leave it out");
  const receiver = receiverOf(from, to, type);
  if (receiver?.shape !== "containers" || history?.length === undefined) return;
  const { maxItems = history.length } = receiver.contents.write ?? {};
  if (history.length <= maxItems) return;
  throw invalid("history.length", `a playlist on ${to.displayName} holds ${maxItems} entries; give at most that`);
}

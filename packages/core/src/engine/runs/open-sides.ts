import { type ConnectionInfo, requireGranted, requireOn } from "../../connections/index.ts";
import {
  type AnyCollection,
  type AnyProvider,
  collectionOf,
  documentsIn,
  receiverOf,
  type Session,
} from "../../contract/index.ts";
import { AuthorizationError, InvalidRequestError } from "../../errors/index.ts";
import type { SyncType } from "../../items/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { RunPhase } from "../events.ts";
import { addressOf } from "../links/addresses.ts";
import { readOtherPairs } from "../links/chain.ts";
import { itemIdsOf } from "../links/item-ids-of.ts";
import { closesRing } from "../links/rings.ts";
import type { Side } from "../plans/plan.ts";
import { openContainers } from "../requests/pair-containers.ts";
import { openTypedSettings } from "../requests/typed-settings.ts";
import { RequestTally } from "./request-tally.ts";
import type { OpenSide, PairRow, RunContext } from "./run-context.ts";

/** In `sync-from` the source is read and the target written; `sync-to` is the reverse; two-way, the source comes first. */
function directionOf(mode: PairRow["mode"]): { readonly from: Side; readonly to: Side } {
  return mode === "sync-to" ? { from: "target", to: "source" } : { from: "source", to: "target" };
}

/**
 * Opens both connections of a pair: tokens fresh, scopes checked, accounts as they were.
 * @throws {AuthorizationError} `auth.reauthorization-required`, `auth.scope-missing`
 * @throws {InvalidRequestError} `connection.off`
 */
export async function openSides(
  parts: EngineParts,
  pair: PairRow,
  options: { readonly jobId: string; readonly signal: AbortSignal },
): Promise<RunContext> {
  const direction = directionOf(pair.mode);
  const both = pair.mode === "bidirectional";
  const [reader, writer] = [
    await connectionOf(parts, pair, direction.from),
    await connectionOf(parts, pair, direction.to),
  ];
  const type = pair.sync_type as SyncType;
  const given = collectionOf(reader.provider, type);
  if (!given) throw unsupported(reader, type, "read");
  const taken = receiverOf(reader.provider, writer.provider, type);
  if (!taken) throw unsupported(writer, type, "write");
  if (both && !given.write) throw unsupported(reader, type, "write");
  const containers = await openContainers(parts, pair);
  const open = async (side: PairConnection, collection: AnyCollection, scopes: readonly string[]) =>
    withContainer(await openSide(parts, pair, side, scopes, options.signal), collection, containers[side.side]);
  const from = await open(reader, given, [...given.scopes.read, ...(both ? given.scopes.write : [])]);
  const to = await open(writer, taken, [...taken.scopes.read, ...taken.scopes.write]);
  const { tenant_id: tenantId, user_id: userId, id: pairId } = pair;
  const progress = (phase: RunPhase, done: number, total?: number) =>
    parts.emit({
      type: "run.progress",
      tenantId,
      userId,
      pairId,
      jobId: options.jobId,
      phase,
      done,
      ...(total === undefined ? {} : { total }),
    });
  const others = await readOtherPairs(parts.storage, pair);
  const inRing = closesRing(pair, others);
  const typed = await openTypedSettings(parts, pair);
  const { jobId, signal } = options;
  return { parts, pair, jobId, from, to, others, inRing, typed, containers, signal, progress };
}

/** A connection of a pair, before it is opened. */
interface PairConnection {
  readonly side: Side;
  readonly info: ConnectionInfo;
  readonly provider: AnyProvider;
}

async function connectionOf(parts: EngineParts, pair: PairRow, side: Side): Promise<PairConnection> {
  const connectionId = side === "source" ? pair.source_connection_id : pair.target_connection_id;
  const info = await parts.connections.get({ tenantId: pair.tenant_id, userId: pair.user_id, connectionId });
  requireOn(info);
  return { side, info, provider: parts.registry.get(info.service) };
}

/** A side that is about the documents of one container. */
function withContainer(open: OpenSide, collection: AnyCollection, containerId: string | undefined): OpenSide {
  if (collection.shape !== "held-documents") return open;
  // Validated when the pair was made; one that lost its container since could not be told from an empty one.
  if (containerId === undefined) throw new TypeError(`${open.provider.name}: no container is named`);
  return { ...open, documents: documentsIn(collection, containerId) };
}

function unsupported({ provider }: PairConnection, type: SyncType, access: "read" | "write"): InvalidRequestError {
  return new InvalidRequestError("request.type-unsupported", { service: provider.name, type, access });
}

async function openSide(
  parts: EngineParts,
  pair: PairRow,
  { side, info, provider }: PairConnection,
  scopes: readonly string[],
  signal: AbortSignal,
): Promise<OpenSide> {
  const connectionId = info.id;
  const ref = { tenantId: pair.tenant_id, userId: pair.user_id, connectionId };
  requireGranted(provider, info, pair.sync_type as SyncType, scopes);
  const tally = new RequestTally(parts.bounds.maxRequests);
  const session = await parts.connections.session({ ...ref, signal, meter: tally });
  await assertSameAccount(parts, provider, session, connectionId);
  const container = side === "source" ? pair.source_container : pair.target_container;
  const ids = await itemIdsOf(parts, provider, pair.tenant_id, container);
  return { side, provider, connectionId, address: addressOf(pair, side), session, ids, tally };
}

/**
 * To be called before anything is concluded from a reading, and before each write: tokens may have been renewed since
 * the sides were opened.
 * @throws {AuthorizationError} `auth.wrong-account`
 */
export async function assertSameAccounts({ parts, from, to }: RunContext): Promise<void> {
  for (const { provider, session, connectionId } of [from, to]) {
    await assertSameAccount(parts, provider, session, connectionId);
  }
}

/**
 * The account behind the token must be the pair's: asked once after each change of tokens, not at every run.
 * @throws {AuthorizationError} `auth.wrong-account`
 */
async function assertSameAccount(
  { identified }: EngineParts,
  provider: AnyProvider,
  session: Session,
  connectionId: string,
): Promise<void> {
  if (identified.has(connectionId) || provider.authorization.kind === "none" || session.accountId === undefined) return;
  const { externalId, otherIds = [] } = await provider.profile(session);
  if (externalId !== session.accountId && !otherIds.includes(session.accountId)) {
    throw new AuthorizationError("auth.wrong-account", { service: provider.name, connectionId });
  }
  identified.add(connectionId);
}

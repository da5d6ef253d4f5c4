import { requireScopes } from "../../connections/index.ts";
import type { AnyProvider, Session } from "../../contract/index.ts";
import { plainItemIds, sealedItemIds } from "../../crypto/index.ts";
import { AuthorizationError, InvalidRequestError } from "../../errors/index.ts";
import type { SyncType } from "../../items/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { RunPhase } from "../events.ts";
import { readOtherPairs } from "../links/chain.ts";
import { closesRing } from "../links/rings.ts";
import type { Side } from "../plans/plan.ts";
import { RequestTally } from "./request-tally.ts";
import type { OpenSide, PairRow, RunContext } from "./run-context.ts";

/** In `sync-from` the source is read and the target written; `sync-to` is the reverse; two-way, the source comes first. */
function directionOf(mode: PairRow["mode"]): { readonly from: Side; readonly to: Side } {
  return mode === "sync-to" ? { from: "target", to: "source" } : { from: "source", to: "target" };
}

/**
 * Opens both connections of a pair: tokens fresh, scopes checked, accounts as they were.
 * @throws {AuthorizationError} `auth.reauthorization-required`, `auth.scope-missing`
 */
export async function openSides(
  parts: EngineParts,
  pair: PairRow,
  options: { readonly jobId: string; readonly signal: AbortSignal },
): Promise<RunContext> {
  const direction = directionOf(pair.mode);
  const both = pair.mode === "bidirectional";
  const from = await openSide(parts, pair, direction.from, both ? "write" : "read", options.signal);
  const to = await openSide(parts, pair, direction.to, "write", options.signal);
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
  return { parts, pair, jobId: options.jobId, from, to, others, inRing, signal: options.signal, progress };
}

async function openSide(
  parts: EngineParts,
  pair: PairRow,
  side: Side,
  access: "read" | "write",
  signal: AbortSignal,
): Promise<OpenSide> {
  const connectionId = side === "source" ? pair.source_connection_id : pair.target_connection_id;
  const ref = { tenantId: pair.tenant_id, userId: pair.user_id, connectionId };
  const info = await parts.connections.get(ref);
  const provider = parts.registry.get(info.service);
  const type = pair.sync_type as SyncType;
  if (!provider.collections[type]) {
    throw new InvalidRequestError("request.type-unsupported", { service: provider.name, type, access });
  }
  requireScopes(provider, info, type, "read");
  if (access === "write") requireScopes(provider, info, type, "write");
  const tally = new RequestTally(parts.bounds.maxRequests);
  const session = await parts.connections.session({ ...ref, signal, meter: tally });
  await assertSameAccount(parts, provider, session, connectionId);
  const sealed = parts.sealIds || provider.itemIds === "sensitive";
  const ids = sealed
    ? sealedItemIds({
        service: provider.name,
        hasher: await parts.hashes.forTenant(pair.tenant_id),
        encryption: parts.encryption,
      })
    : plainItemIds;
  return { side, provider, connectionId, session, ids, tally };
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

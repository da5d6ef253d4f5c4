import { z } from "zod";
import type { ConnectionRef } from "../../connections/index.ts";
import { requireGranted } from "../../connections/index.ts";
import { collectionOf, type HoldingContainer } from "../../contract/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { SyncType } from "../../items/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { parseWith } from "./request.ts";

/** Which containers of a connection, and for what. */
export interface ContainersRequest extends ConnectionRef {
  readonly type: SyncType;
}

const requestSchema = z.object({ type: z.string().min(1), connectionId: z.string("the id of a connection").min(1) });

/**
 * The containers (calendars) of a connection whose documents can be synced, in the service's order. Content: nothing of it is
 * stored.
 * @throws {InvalidRequestError} `request.invalid`; `request.type-unsupported`: the service has no containers of such documents
 */
export async function listContainers(
  parts: EngineParts,
  request: ContainersRequest,
  signal: AbortSignal,
): Promise<readonly HoldingContainer[]> {
  parseWith(requestSchema, request, "request");
  const { type, ...ref } = request;
  const connection = await parts.connections.get(ref);
  const provider = parts.registry.get(connection.service);
  const collection = collectionOf(provider, type);
  if (collection?.shape !== "held-documents") {
    throw new InvalidRequestError("request.type-unsupported", {
      service: provider.name,
      type: String(type).slice(0, 40),
      access: "list containers of",
    });
  }
  requireGranted(provider, connection, type, collection.scopes.read);
  const session = await parts.connections.session({ ...ref, signal });
  const found: HoldingContainer[] = [];
  for await (const page of collection.containers.list(session)) found.push(...page);
  return found;
}

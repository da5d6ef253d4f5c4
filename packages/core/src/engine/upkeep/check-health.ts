import type { AnyProvider, HealthStatus } from "../../contract/index.ts";
import { SyncerError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";

/** Asks a service whether it works and remembers the answer for the registry. */
export async function checkHealth(
  { transport, registry, clock }: EngineParts,
  provider: AnyProvider,
  tenantId = "default",
): Promise<HealthStatus> {
  const session = transport.session({ provider, tenantId, maxWaitMs: 0 });
  const health = await provider.health(session).catch((error: unknown): HealthStatus => {
    if (SyncerError.is(error)) return { status: "unhealthy", reason: error.code };
    throw error;
  });
  registry.recordHealth(provider.name, health, clock.now());
  return health;
}

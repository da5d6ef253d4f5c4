import type { HealthStatus } from "./profile.ts";
import { ServiceError } from "./service-failure.ts";

/**
 * What a failed question says of a service's health, for `health` of a provider: one that asks to sign in is up.
 * @throws what is no answer of the service
 */
export function healthOf(error: unknown): HealthStatus {
  if (!(error instanceof ServiceError)) throw error;
  const { failure } = error;
  switch (failure.kind) {
    case "unauthorized":
      return { status: "healthy" };
    case "rate-limited":
      return { status: "degraded", reason: failure.quota ? "quota-exceeded" : "rate-limited" };
    case "outage":
      return { status: "unhealthy", reason: failure.reason };
    default:
      return { status: "unhealthy", reason: failure.kind };
  }
}

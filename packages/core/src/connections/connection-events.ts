import type { LogEvent } from "../ports/index.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import type { ConnectionEvent } from "./types.ts";

type WithoutTime<E> = E extends unknown ? Omit<E, "atMs"> : never;

/** Tells the host and the log. Neither can disturb what was done. */
export function announce(
  { clock, logger, onEvent }: Pick<ConnectionsOptions, "clock" | "logger" | "onEvent">,
  event: WithoutTime<ConnectionEvent>,
): void {
  const { tenantId, service, connectionId, type } = event;
  const atMs = clock.now();
  report(
    { clock, ...(logger ? { logger } : {}) },
    {
      level: type === "connection.reauthorization-required" ? "warn" : "info",
      event: type,
      tenantId,
      service,
      connectionId,
      ...(event.type === "connection.reauthorization-required" ? { code: event.reason } : {}),
    },
  );
  quietly(() => onEvent?.({ ...event, atMs }));
}

/** Writes one log event. */
export function report(
  { clock, logger }: Pick<ConnectionsOptions, "clock" | "logger">,
  event: Omit<LogEvent, "atMs">,
): void {
  quietly(() => logger?.({ ...event, atMs: clock.now() }));
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // A listener's failure is its own.
  }
}

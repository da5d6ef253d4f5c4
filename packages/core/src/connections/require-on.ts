import { InvalidRequestError } from "../errors/index.ts";
import type { ConnectionInfo } from "./types.ts";

/**
 * Nothing is asked of a service for a user who has switched the connection off.
 * @throws {InvalidRequestError} `connection.off`
 */
export function requireOn({ enabled, id, service }: ConnectionInfo): void {
  if (!enabled) throw new InvalidRequestError("connection.off", { connectionId: id, service });
}

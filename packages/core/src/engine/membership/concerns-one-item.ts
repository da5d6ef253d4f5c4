import { ServiceError } from "../../contract/index.ts";
import { SyncerError } from "../../errors/index.ts";

/** A search that fails for one item must not end the run; what concerns the service as a whole must. */
export function concernsOneItem(error: unknown): boolean {
  if (error instanceof ServiceError)
    return (
      error.failure.kind === "invalid" || error.failure.kind === "not-found" || error.failure.kind === "unavailable"
    );
  return SyncerError.is(error) && error.code === "service.malformed-answer";
}

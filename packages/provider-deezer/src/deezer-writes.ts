import { InvalidRequestError, ServiceError, type WriteOutcome } from "@syncer/core";

/** Deezer answers for the whole call. For a single id a refusal is that id's outcome; a batch is the caller's to bisect. */
export async function outcomesOf(ids: readonly string[], send: () => Promise<void>): Promise<readonly WriteOutcome[]> {
  const [id, ...others] = ids;
  try {
    await send();
    return ids.map((written) => ({ id: written, result: "written" }));
  } catch (error) {
    if (id === undefined || others.length > 0 || !(error instanceof ServiceError)) throw error;
    const { kind } = error.failure;
    if (kind === "already-there" || kind === "not-found") return [{ id, result: kind }];
    throw error;
  }
}

/** A comma would make two ids of one, and letters are answered with a failure of the whole batch. */
export function checkIds(ids: readonly string[], most: number): void {
  if (ids.length > most) {
    throw new InvalidRequestError("request.invalid", {
      path: "ids",
      problem: `Deezer takes at most ${most} per call.`,
    });
  }
  const wrong = ids.findIndex((id) => !/^\d+$/.test(id));
  if (wrong >= 0) {
    throw new InvalidRequestError("request.invalid", { path: `ids[${wrong}]`, problem: "is not an id of Deezer's." });
  }
}

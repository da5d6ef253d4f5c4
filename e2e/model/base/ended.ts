import { turn } from "./clock.ts";
import { demand } from "./violation.ts";

/** Nothing that is at work takes so many turns of the event loop and so long; it waits for something that never comes. */
const MOST_TURNS = 20_000;
/** In real time: threads and files, which turns do not wait for, may be slow on a busy machine. */
const MOST_REAL_MS = 10_000;

/** How a call ended: with an answer, with an error, or not at all because its process was stopped. */
export type Ended<T> =
  | { readonly how: "answered"; readonly answer: T }
  | { readonly how: "threw"; readonly error: unknown }
  | { readonly how: "stopped" };

/**
 * Waits for a call.
 * @param stopped settles when the process of the call is killed or stopped
 * @throws {Violation} it waits for ever: time stands still while a run is at work
 */
export async function ended<T>(call: Promise<T>, stopped?: Promise<void>): Promise<Ended<T>> {
  let end: Ended<T> | undefined;
  call.then(
    (answer) => {
      end ??= { how: "answered", answer };
    },
    (error: unknown) => {
      end ??= { how: "threw", error };
    },
  );
  void stopped?.then(() => {
    end ??= { how: "stopped" };
  });
  const startedAtMs = performance.now();
  for (let turns = 0; ; turns++) {
    await turn();
    if (end) return end;
    demand(
      turns < MOST_TURNS || performance.now() - startedAtMs < MOST_REAL_MS,
      "every run comes to an end",
      () => "it waits although no time passes",
    );
  }
}

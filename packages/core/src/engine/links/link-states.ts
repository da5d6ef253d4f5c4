import type { Row } from "../../ports/index.ts";
import type { Side } from "../plans/plan.ts";

type State = Row<"links">["state"];

/**
 * A link's state by the direction of a run, from the state as stored or back again. Stored, `detached` means gone from
 * the pair's source and `suppressed` gone from its target, whatever direction it came about in, so that a pair may turn
 * round. By direction they mean gone from A, the side that is read from first, and gone from B.
 */
export function turnedState<S extends State | undefined>(state: S, from: Side): S | "detached" | "suppressed" {
  if (from === "source") return state;
  if (state === "detached") return "suppressed";
  return state === "suppressed" ? "detached" : state;
}

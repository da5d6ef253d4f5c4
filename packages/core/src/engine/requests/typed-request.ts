import type { AnyProvider, SupportsMode } from "../../contract/index.ts";
import type { SyncJobRequest } from "./request.ts";

type Provider<P extends readonly AnyProvider[], N> = Extract<P[number], { readonly name: N }>;

/** `never` for a pair that these providers cannot sync in this way, so that such a request does not compile. */
type PossiblePair<P extends readonly AnyProvider[], T extends SyncJobRequest["type"], Pair> = Pair extends {
  readonly source: infer S;
  readonly target: infer D;
  readonly mode: infer M;
}
  ? ServiceOf<S> extends infer From extends string
    ? ServiceOf<D> extends infer To extends string
      ? string extends From | To | T
        ? Pair
        : SupportsMode<Provider<P, From>, Provider<P, To>, T, M> extends true
          ? Pair
          : never
      : Pair
    : Pair
  : Pair;

/** The service that a side names; `undefined` where it names a connection. */
type ServiceOf<S> = S extends string ? S : S extends { readonly service: infer N extends string } ? N : undefined;

/**
 * A request whose pairs, type and modes these providers really support. What is named by connection id, or only known
 * at run time, is checked at run time.
 */
export type RequestFor<P extends readonly AnyProvider[], R extends SyncJobRequest> = {
  readonly pairs: { readonly [I in keyof R["pairs"]]: PossiblePair<P, R["type"], R["pairs"][I]> };
};

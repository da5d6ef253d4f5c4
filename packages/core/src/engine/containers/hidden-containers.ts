import type { DocumentState, Session } from "../../contract/index.ts";
import type { AnyContainers } from "./container-side.ts";

/** As much of a collection of containers as making one that others do not see takes. */
export type Hideable = Pick<AnyContainers, "kind" | "toUniversal" | "write">;

/** Whether others see a container, as far as the service says. */
export function isShown({ toUniversal }: Pick<Hideable, "toUniversal">, native: unknown): boolean {
  const { public: shown } = toUniversal(native) as { readonly public?: boolean };
  return shown === true;
}

/** What nobody has said to be public is not made so. */
export function asHidden<T extends object>({ kind }: Pick<Hideable, "kind">, item: T): T & { public?: boolean } {
  return "public" in kind.fields && !("public" in item && item.public !== undefined)
    ? { ...item, public: false }
    : item;
}

/** Exactly one request. */
export async function hide(
  { write }: Pick<Hideable, "write">,
  session: Session,
  { id, native }: DocumentState<unknown>,
  operationId: string,
): Promise<DocumentState<unknown>> {
  if (!write) throw new TypeError("what cannot be written is not hidden");
  return await write.update(session, { id, item: { public: false }, operationId, previous: native });
}

import type { ItemIds } from "../../crypto/index.ts";
import type { AnyContainers } from "./container-side.ts";
import { isOutdated, nameToWrite, type Prefixes, type ReadName, readName } from "./name-prefix.ts";

export interface CopiedNamesOptions {
  readonly collection: AnyContainers;
  readonly ids: Pick<ItemIds, "key">;
  readonly prefixes: Prefixes;
  /** The containers that the pair knows on this side, by stored key, and since when. */
  linked(): Promise<ReadonlyMap<string, number>>;
}

/** The names of one side's containers: without a prefix on the way in, with the one of copies on the way out. */
export class CopiedNames {
  readonly #options: CopiedNamesOptions;
  /** What the service showed of containers that the pair knows, and since when it knows each. */
  readonly #linkedAtMs = new WeakMap<object, number>();

  constructor(options: CopiedNamesOptions) {
    this.#options = options;
  }

  /** To be called with whatever the service shows, before its name is asked for. */
  async note({ id, native }: { readonly id: string; readonly native: unknown }): Promise<void> {
    const { ids, prefixes, linked } = this.#options;
    if (prefixes.former.length === 0 || typeof native !== "object" || native === null) return;
    const atMs = (await linked()).get(ids.key(id));
    if (atMs !== undefined) this.#linkedAtMs.set(native, atMs);
  }

  /** `undefined` for what has no name, or cannot be read. */
  of(native: unknown): ReadName | undefined {
    try {
      return this.#read(native, this.#options.collection.toUniversal(native));
    } catch {
      // A mapping that cannot cope with one container says nothing about the others.
      return undefined;
    }
  }

  /** What all services have in common of it. @throws as the provider's own mapping does */
  toUniversal(native: unknown): object {
    const item: object = this.#options.collection.toUniversal(native);
    const name = this.#read(native, item);
    return name?.prefix === undefined ? item : { ...item, name: name.core };
  }

  /**
   * What is sent for the fields of an item.
   * @param before what the service shows of it; absent for one that is made, which is a copy
   */
  toWrite<T extends object>(item: T, before?: { readonly native: unknown }): T {
    const core: unknown = Reflect.get(item, "name");
    if (typeof core !== "string") return item;
    const shown = before && (this.of(before.native) ?? { core });
    return { ...item, name: nameToWrite(core, this.#options.prefixes, shown) };
  }

  /** What a copy is to be called that carries an earlier prefix; `undefined`: its name may stay. */
  insteadOf(name: ReadName): string | undefined {
    const { prefixes } = this.#options;
    return isOutdated(name, prefixes) ? nameToWrite(name.core, prefixes, name) : undefined;
  }

  #read(native: unknown, item: object): ReadName | undefined {
    const name: unknown = Reflect.get(item, "name");
    const atMs = typeof native === "object" && native !== null ? this.#linkedAtMs.get(native) : undefined;
    return typeof name === "string" ? readName(name, this.#options.prefixes, atMs) : undefined;
  }
}

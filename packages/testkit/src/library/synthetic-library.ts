import type { AnyProvider, Clock } from "@syncer/core";
import { SyntheticService } from "../synthetic/synthetic-service.ts";
import { type LibraryHabits, plainLibraryHabits } from "./habits.ts";
import { libraryProvider } from "./library-provider.ts";
import {
  LibraryService,
  type LibrarySnapshot,
  type LibraryWrite,
  type Takedown,
  type WriteLoss,
} from "./library-service.ts";
import type { Recording } from "./recording.ts";

export interface SyntheticLibraryOptions {
  /** The provider's name: lower case, digits and hyphens. */
  readonly name: string;
  /** Tells all times; nothing else does, and there is no chance in anything. */
  readonly clock: Clock;
  /** What the service's catalogue has; see `inventedRecordings`. */
  readonly recordings: readonly Recording[];
  /** The sync type under which the library is offered; `favorites` by default. */
  readonly type?: string;
  /** `music` by default. Services pair within one category. */
  readonly category?: string;
  /** What differs from `plainLibraryHabits`. */
  readonly habits?: Partial<LibraryHabits>;
}

/**
 * One account's saved recordings at a service that lives in memory: a set of references into a small catalogue, with natural
 * keys. Deterministic, without network and timers, with every bad habit that such a service can have.
 */
export class SyntheticLibrary extends SyntheticService {
  readonly type: string;
  readonly category: string;
  readonly #service: LibraryService;

  constructor(options: SyntheticLibraryOptions) {
    const { name, clock, recordings, type = "favorites", category = "music", habits = {} } = options;
    const service = new LibraryService(name, clock, recordings);
    super(service.calls);
    this.type = type;
    this.category = category;
    this.#service = service;
    this.behave(habits);
  }

  /** How it behaves from now on. */
  get habits(): LibraryHabits {
    return this.#service.habits;
  }

  /** Changes some habits, and leaves the others. */
  adopt(habits: Partial<LibraryHabits>): void {
    this.#behave({ ...this.habits, ...habits });
  }

  /** Leaves all habits but these and the plain ones; so the optional ones, a lie among them, are dropped too. */
  behave(habits: Partial<LibraryHabits> = {}): void {
    this.#behave({ ...plainLibraryHabits, ...habits });
  }

  /** A provider that reaches the service without a network. It declares what the habits are now. */
  provider(): AnyProvider {
    return libraryProvider(this.#service, this.type, this.category);
  }

  /** By id. */
  get catalogue(): ReadonlyMap<string, Recording> {
    return this.#service.catalogue;
  }

  /** The user saves recordings; what is saved already stays where it is. */
  put(...ids: readonly string[]): void {
    for (const id of ids) this.#service.put("add", id, "user");
  }

  /** The user removes recordings. */
  take(...ids: readonly string[]): void {
    for (const id of ids) this.#service.put("remove", id, "user");
  }

  has(id: string): boolean {
    return this.#service.has(id);
  }

  /** What is saved, in the order in which it was; takedowns included. */
  ids(): readonly string[] {
    return this.#service.ids();
  }

  /**
   * The service withdraws a recording.
   * - `vanished`: gone from listings, and its id is not known any more
   * - `unreadable`: listed without content; by id it is unavailable
   * - `unplayable`: listed as ever; by id it is unavailable
   */
  takeDown(id: string, how: Takedown = "vanished"): void {
    this.#service.takenDown.set(id, how);
  }

  /** The service has a recording again. */
  bringBack(id: string): void {
    this.#service.takenDown.delete(id);
  }

  /** The next write of this id is lost: see {@link WriteLoss}. */
  lose(id: string, moment: WriteLoss = "before"): void {
    this.#service.losses.set(id, moment);
  }

  /** Everything that was changed, and by whom; grows. */
  get log(): readonly LibraryWrite[] {
    return this.#service.log;
  }

  /** Begins the log anew, for tests that run for long. */
  forgetLog(): void {
    this.#service.forgetLog();
  }

  /** Cheap: contents are shared, not copied. */
  snapshot(): LibrarySnapshot {
    return this.#service.snapshot();
  }

  /** Puts the service back into a state that it, or another of the same catalogue, was in. */
  restore(snapshot: LibrarySnapshot): void {
    this.#service.restore(snapshot);
  }

  #behave(habits: LibraryHabits): void {
    this.#service.habits = habits;
    this.#service.calls.latencyMs = habits.latencyMs;
  }
}

/** @see SyntheticLibrary */
export function syntheticLibrary(options: SyntheticLibraryOptions): SyntheticLibrary {
  return new SyntheticLibrary(options);
}

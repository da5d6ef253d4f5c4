import { type DocumentHabits, type SyntheticDocuments, syntheticDocuments } from "@syncer/testkit";
import {
  createSyncEngine,
  memoryStorage,
  type PairReport,
  type Row,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncEvent,
  type SyncOptions,
  tableNames,
} from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { only } from "../support/bench.ts";

const USER = { userId: "user-1" } as const;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

type EngineChanges = Partial<
  Pick<
    SyncEngineOptions,
    "providers" | "storage" | "beforeApply" | "sealIds" | "bounds" | "fetch" | "logger" | "encryption"
  >
>;

export type Mode = "bidirectional" | "sync-from" | "sync-to";

/** Two services of notes, a storage and a clock that stands still: everything that two-way sync of documents needs. */
export class NotesBench {
  readonly clock: VirtualClock = virtualClock();
  readonly left: SyntheticDocuments;
  readonly right: SyntheticDocuments;
  readonly storage: StorageAdapter = memoryStorage();
  readonly events: SyncEvent[] = [];

  constructor(habits: { readonly left?: Partial<DocumentHabits>; readonly right?: Partial<DocumentHabits> } = {}) {
    this.left = syntheticDocuments({
      name: "left",
      clock: this.clock,
      ...(habits.left ? { habits: habits.left } : {}),
    });
    this.right = syntheticDocuments({
      name: "right",
      clock: this.clock,
      ...(habits.right ? { habits: habits.right } : {}),
    });
  }

  /** An engine on this bench; each is another process, as it were. */
  engine(options: EngineChanges = {}) {
    return createSyncEngine({
      providers: [this.left.provider(), this.right.provider()],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("these services need no network")),
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    return this;
  }

  request(options: SyncOptions = {}, mode: Mode = "bidirectional") {
    return { ...USER, pairs: [{ source: "left" as const, target: "right" as const, mode }], type: "notes", options };
  }

  async sync(options: SyncOptions = {}, mode: Mode = "bidirectional", engine = this.engine()): Promise<PairReport> {
    await this.clock.advance(60_000);
    return only(await engine.sync(this.request(options, mode)));
  }

  /** What a person sees in both applications, without ids. */
  get shown(): { readonly left: readonly string[]; readonly right: readonly string[] } {
    return { left: shownOn(this.left), right: shownOn(this.right) };
  }

  async links(): Promise<Row<"links">[]> {
    return await this.storage.select({ table: "links", orderBy: ["link_key"] });
  }

  /** How many links are in which state. */
  async linkStates(): Promise<Readonly<Partial<Record<Row<"links">["state"], number>>>> {
    const states: Partial<Record<Row<"links">["state"], number>> = {};
    for (const { state } of await this.links()) states[state] = (states[state] ?? 0) + 1;
    return states;
  }

  /** The one pair, as the API names it. */
  async ref(): Promise<{ readonly userId: string; readonly pairId: string }> {
    const [pair] = await this.storage.select({ table: "sync_pairs" });
    return { ...USER, pairId: pair?.id ?? "" };
  }

  /** Every row of every table, in a stable order. */
  async dump(): Promise<Readonly<Record<string, readonly string[]>>> {
    const tables = await Promise.all(
      tableNames.map(async (table) => [table, await this.storage.select({ table })] as const),
    );
    return Object.fromEntries(tables.map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]));
  }

  async conflicts(): Promise<Row<"conflicts">[]> {
    return await this.storage.select({ table: "conflicts", orderBy: ["created_at"] });
  }

  /** How many writes the services have seen. */
  get writes(): number {
    const ofSync = (service: SyntheticDocuments) => service.log.filter(({ by }) => by === "sync").length;
    return ofSync(this.left) + ofSync(this.right);
  }
}

/** Two services with the same notes, linked: what most stories begin with. */
export async function inStep(
  count: number,
  options: { readonly habits?: ConstructorParameters<typeof NotesBench>[0]; readonly mode?: Mode } = {},
): Promise<NotesBench> {
  const { habits = {}, mode = "bidirectional" } = options;
  const bench = await new NotesBench(habits).open();
  const first = mode === "sync-to" ? bench.right : bench.left;
  first.putAll(Array.from({ length: count }, (_, index) => ({ title: `note ${index}`, body: "first" })));
  const report = await bench.sync({}, mode);
  if (report.counts.added !== count) throw new Error(`the first run ended ${report.status}`);
  bench.events.length = 0;
  return bench;
}

/** The id of the note of that number in {@link inStep}. */
export function idOf(service: SyntheticDocuments, index: number): string {
  for (const [id, { title }] of service.notes()) if (title === `note ${index}`) return id;
  throw new Error(`${service.name} has no note ${index}`);
}

export function shownOn(service: SyntheticDocuments): readonly string[] {
  return [...service.notes().values()].map(({ title, body }) => `${title}: ${body ?? ""}`).sort();
}

import {
  createSyncEngine,
  type JobInfo,
  type LogEvent,
  memoryStorage,
  type PairInfo,
  type Row,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncMode,
  type SyncOptions,
  tableNames,
} from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { virtualClock } from "../../support/virtual-clock.ts";
import { idOfBook, Notebooks } from "../held/notebooks.ts";
import { Bell } from "./bell.ts";

export const ADDRESS = "https://host.example/hooks/for-jo.doe";
export const ANN = { userId: "ann" } as const;

type Who = { readonly tenantId?: string; readonly userId: string };
type Book = "work" | "home";
type Given = Partial<Pick<SyncEngineOptions, "storage" | "jobs" | "webhooks">>;

/** Two services with two notebooks each, of which the first calls when it is asked to. */
export class BellBench {
  readonly clock = virtualClock();
  /** Survives `engine.stop()`, as a database does. */
  readonly storage: StorageAdapter;
  readonly left = new Notebooks("left", this.clock, { deltas: "told" });
  readonly right = new Notebooks("right", this.clock, { deltas: "told" });
  readonly bell = new Bell("left", this.clock);
  /** Of the second service, if it is to call as well. */
  otherBell: Bell | undefined;
  readonly logs: LogEvent[] = [];

  constructor(storage: StorageAdapter = memoryStorage()) {
    this.storage = {
      migrate: () => storage.migrate(),
      select: (query) => storage.select(query),
      count: (query) => storage.count(query),
      write: (batch) => storage.write(batch),
      close: async () => {},
    };
  }

  /** An engine on this bench; each is another process, as it were. */
  engine(given: Given = {}) {
    return createSyncEngine({
      providers: [
        { ...this.left.provider(), webhooks: this.bell.capability() },
        { ...this.right.provider(), ...(this.otherBell ? { webhooks: this.otherBell.capability() } : {}) },
      ],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("these services need no network")),
      logger: (event) => this.logs.push(event),
      ...given,
    });
  }

  async connect(who: Who = ANN): Promise<this> {
    for (const service of ["left", "right"]) {
      await this.engine().connections.addPublic({ ...who, service, accountId: "me" });
    }
    return this;
  }

  async connectionId(who: Who = ANN, service = "left"): Promise<string> {
    return (await this.engine().connections.list({ ...who, service }))[0]?.id ?? "";
  }

  /** A pair from a notebook on the left to one on the right. */
  async pair(
    who: Who = ANN,
    {
      from = "work",
      to = "home",
      mode = "bidirectional",
      options = {},
    }: {
      readonly from?: Book;
      readonly to?: Book;
      readonly mode?: SyncMode;
      readonly options?: Omit<SyncOptions, "dryRun">;
    } = {},
  ): Promise<PairInfo> {
    const side = (service: string, book: Book) => ({ service, container: idOfBook(book) });
    const pair = { source: side("left", from), target: side("right", to), mode };
    return await this.engine().pairs.create({ ...who, pair, type: "notes", options });
  }

  /** A user with a pair whose left side is watched. */
  async watched(who: Who = ANN): Promise<PairInfo> {
    await this.connect(who);
    const pair = await this.pair(who);
    await this.engine().webhooks.open({ ...who, pairId: pair.id, address: ADDRESS });
    return pair;
  }

  rows(): Promise<Row<"watch_channels">[]> {
    return this.storage.select({ table: "watch_channels", orderBy: ["created_at", "id"] });
  }

  async states(): Promise<readonly string[]> {
    return (await this.rows()).map(({ status }) => status).sort();
  }

  jobs(who: Who = ANN): Promise<JobInfo[]> {
    return this.engine().jobs.list(who);
  }

  async dump(): Promise<string> {
    return JSON.stringify(await Promise.all(tableNames.map((table) => this.storage.select({ table }))));
  }
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "none",
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
}

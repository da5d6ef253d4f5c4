import {
  createSyncEngine,
  type LogEvent,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncEvent,
  type SyncOptions,
} from "@syncer/core";
import { type DocumentHabits, syntheticDocuments } from "@syncer/testkit";
import { heldEncryption } from "../../packages/core/test/support/held-encryption.ts";
import { virtualClock } from "../../packages/core/test/support/virtual-clock.ts";

export const NOTES_USER = { userId: "user-1" } as const;

export interface NotesHostOptions {
  readonly storage?: StorageAdapter;
  readonly habits?: Partial<DocumentHabits>;
}

/** A host whose user keeps notes at two services, which are paired two-way. */
export async function notesHost({ storage = memoryStorage(), habits = {} }: NotesHostOptions = {}) {
  const clock = virtualClock({ autoAdvance: true });
  const left = syntheticDocuments({ name: "left", clock, habits });
  const right = syntheticDocuments({ name: "right", clock, habits });
  const events: SyncEvent[] = [];
  const logs: LogEvent[] = [];
  const engine = createSyncEngine({
    providers: [left.providerOverHttp(), right.providerOverHttp()],
    storage,
    clock,
    encryption: heldEncryption(clock),
    fetch: (input, init) => {
      const { hostname } = new URL(input instanceof Request ? input.url : input);
      return (hostname === "left.example" ? left : right).fetch(input, init);
    },
    logger: (event) => logs.push(event),
    onEvent: (event) => events.push(event),
  });
  await engine.migrate();
  for (const service of ["left", "right"]) {
    await engine.connections.addPublic({ ...NOTES_USER, service, accountId: `${service}-account-of-jo` });
  }
  const request = (options: SyncOptions = {}) => ({
    ...NOTES_USER,
    pairs: [{ source: "left", target: "right", mode: "bidirectional" as const }],
    type: "notes",
    options,
  });
  return {
    clock,
    left,
    right,
    storage,
    engine,
    events,
    logs,
    request,
    async sync(options: SyncOptions = {}): Promise<PairReport> {
      await clock.advance(60_000);
      const [report] = (await engine.sync(request(options))).pairs;
      if (!report) throw new Error("a sync of one pair reports one pair");
      return report;
    },
  };
}

export type NotesHost = Awaited<ReturnType<typeof notesHost>>;

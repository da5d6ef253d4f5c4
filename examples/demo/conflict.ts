import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type ConflictInfo, createSyncEngine, describeReason, keyring } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { syntheticDocuments } from "@syncer/testkit";
import { only } from "./phases.ts";
import type { Stage } from "./stage.ts";

export interface ConflictScene {
  /** Both versions, as a person is shown them; in memory only. */
  readonly shown: { readonly phone: string; readonly paper: string };
  readonly reason: string;
  readonly kind: ConflictInfo["kind"];
  /** Notes written while nobody had decided. */
  readonly writtenUndecided: number;
  readonly decision: "source" | "target";
  readonly resolution: ConflictInfo["resolution"];
  readonly open: number;
  /** What both sides hold in the end. */
  readonly agreed: boolean;
}

/**
 * Documents have content that both sides may change. Two services of notes that live in memory stand for those of which
 * there is no provider yet; engine and database are the real ones.
 */
export async function decideAConflict({ clock, folder }: Stage): Promise<ConflictScene> {
  const phone = syntheticDocuments({ name: "phone", clock });
  const paper = syntheticDocuments({ name: "paper", clock });
  const engine = createSyncEngine({
    providers: [phone.provider(), paper.provider()],
    storage: sqlite(join(folder, "notes.db")),
    encryption: keyring({ current: "demo", keys: { demo: randomBytes(32) } }),
    clock,
  });
  await engine.migrate();
  const userId = "demo-user";
  const request = {
    userId,
    pairs: [{ source: "phone", target: "paper", mode: "bidirectional" }],
    type: "notes",
    options: { conflictPolicy: "skip" },
  } as const;
  for (const service of ["phone", "paper"]) await engine.connections.addPublic({ userId, service, accountId: "anna" });
  const onPhone = phone.put({ title: "Party", body: "Friday, 8 pm", tags: ["friends"] });
  await engine.sync(request);
  const [onPaper = ""] = paper.notes().keys();

  phone.edit(onPhone, { body: "Friday, 9 pm" });
  paper.edit(onPaper, { body: "Saturday, 8 pm" });
  const written = () => phone.writeCalls + paper.writeCalls;
  const before = written();
  const [planned] = (await engine.plan(request)).pairs;
  const operation = planned?.ok ? planned.operations.find(({ kind }) => kind === "conflict") : undefined;
  if (!operation) throw new Error("no conflict was found");
  await engine.sync(request);
  const [found] = await engine.conflicts.list({ userId });
  if (!found) throw new Error("no conflict was recorded");
  const writtenUndecided = written() - before;
  const shown = { phone: phone.get(onPhone)?.body ?? "", paper: paper.get(onPaper)?.body ?? "" };

  const decision = "target";
  await engine.conflicts.decide({ userId, conflictId: found.id, winner: decision });
  only((await engine.sync(request)).pairs);
  const { resolution } = await engine.conflicts.get({ userId, conflictId: found.id });
  const open = await engine.conflicts.list({ userId });
  const agreed = phone.get(onPhone)?.body === shown.paper && paper.get(onPaper)?.body === shown.paper;
  await engine.stop();
  return {
    shown,
    reason: describeReason(operation.reason),
    kind: found.kind,
    writtenUndecided,
    decision,
    resolution,
    open: open.length,
    agreed,
  };
}

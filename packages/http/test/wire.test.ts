import { describe, expect, it } from "vitest";
import { createLab } from "./support/lab.ts";

/** The requests and answers that the first version's clients know [API-7]. */
describe("the wire contracts of the first version", () => {
  it("one-way favourites with a threshold of 0.8", async () => {
    const lab = await createLab();
    await lab.connected();
    const answer = await lab.call("POST", "/api/sync/manual", {
      json: {
        service_pairs: [{ source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" }],
        sync_type: "favorites",
        sync_options: { match_threshold: 0.8, dry_run: false },
      },
    });
    expect(answer).toMatchObject({
      status: 202,
      json: { message: "The sync is queued.", service_pairs: 1, sync_type: "favorites" },
    });
    const { jobs } = (await lab.call("GET", "/api/jobs")).json;
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({ status: "queued", lane: "manual", trigger: "manual", sync_type: "favorites" });
    const { pairs } = (await lab.call("GET", "/api/pairs")).json;
    expect(pairs).toMatchObject([{ sync_mode: "sync-from", options: { match_threshold: 0.8 } }]);
  });

  it("two pairs, bidirectional and sync-from, with a threshold of 0.9 and the policy skip", async () => {
    const lab = await createLab();
    await lab.connected();
    const answer = await lab.call("POST", "/api/sync/manual", {
      json: {
        service_pairs: [
          { source_service: "spotify", target_service: "deezer", sync_mode: "bidirectional" },
          { source_service: "deezer", target_service: "spotify", sync_mode: "sync-from" },
        ],
        sync_type: "albums",
        sync_options: { match_threshold: 0.9, conflict_policy: "skip" },
      },
    });
    // The same two sides in both directions would be two pairs that undo each other.
    expect(answer).toMatchObject({ status: 400, json: { code: "request.pair-exists" } });
    const two = await lab.call("POST", "/api/sync/manual", {
      json: {
        service_pairs: [
          { source_service: "spotify", target_service: "deezer", sync_mode: "bidirectional" },
          { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" },
        ],
        sync_type: "albums",
        sync_options: { match_threshold: 0.9, conflict_policy: "skip" },
      },
    });
    expect(two).toMatchObject({ status: 202, json: { service_pairs: 2, sync_type: "albums" } });
  });

  it("a schedule of 6h", async () => {
    const lab = await createLab();
    await lab.connected();
    const answer = await lab.call("POST", "/api/sync/schedule", {
      json: {
        service_pairs: [{ source_service: "spotify", target_service: "deezer", sync_mode: "bidirectional" }],
        sync_type: "favorites",
        schedule: { enabled: true, frequency: "6h", timezone: "UTC" },
      },
    });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        message: "The sync is scheduled.",
        service_pairs: 1,
        sync_type: "favorites",
        schedule: { enabled: true, frequency: "6h", timezone: "UTC" },
      },
    });
    expect(answer.json.next_run).toBe(answer.json.schedule.next_run);
    const { schedules } = (await lab.call("GET", "/api/schedules")).json;
    expect(schedules).toMatchObject([{ frequency: "6h", enabled: true, next_run: answer.json.next_run }]);
  });

  it("what can be synced", async () => {
    const lab = await createLab();
    const { json } = await lab.call("GET", "/api/sync/supported-pairs");
    expect(json.supported_pairs).toContainEqual(
      expect.objectContaining({
        source_service: "spotify",
        target_service: "deezer",
        category: "music",
        supported_modes: ["sync-from", "sync-to", "bidirectional"],
      }),
    );
    expect(json.sync_types).toContain("favorites");
    expect(json.sync_modes.map(({ mode }: { mode: string }) => mode)).toEqual([
      "sync-from",
      "sync-to",
      "bidirectional",
    ]);
  });
});

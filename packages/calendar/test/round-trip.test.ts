import {
  createEvent,
  instancesOf,
  readEvent,
  startInstantOf,
  universalEventSchema,
  updateEvent,
} from "@syncer/calendar";
import { describe, expect, it } from "vitest";
import { combinations, oracleInstances } from "./support/combinations.ts";

const options = { uid: "u1", nowMs: Date.UTC(2026, 10, 23), prodId: "-//Test//EN" };
const MOST = 14;

describe("a series, of any shape, in any zone, at any border of summer time", () => {
  const all = combinations();

  it("is tried in at least 300 combinations", () => {
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(all)("takes place when it does by another reckoning: $name", (combination) => {
    const { event } = readEvent(combination.text);
    const ours = instancesOf(event, { most: MOST }).map(({ when }) =>
      Date.parse(startInstantOf(when) ?? asUtc(when.start)),
    );
    expect(ours.map(iso)).toEqual(oracleInstances(combination, MOST).map(iso));
  });

  it.each(all)("is the same event after it was written and read: $name", (combination) => {
    const { event } = readEvent(combination.text);
    expect(universalEventSchema.safeParse(event).error).toBeUndefined();
    const { text, losses } = createEvent(event, options);
    expect(losses).toEqual([]);
    const again = readEvent(text).event;
    expect(withoutSequence(again)).toEqual(withoutSequence(event));
    expect(createEvent(again, options).text).toBe(text);
  });

  it.each(all)("is not written again when nothing has changed: $name", (combination) => {
    const { event } = readEvent(combination.text);
    expect(updateEvent(combination.text, event, options)).toEqual({
      text: combination.text,
      changed: false,
      dropped: [],
      losses: [],
    });
  });
});

function withoutSequence<T extends { sequence?: number }>(event: T): Omit<T, "sequence"> {
  const { sequence: _, ...rest } = event;
  return rest;
}

function asUtc(local: string): string {
  return `${local.padEnd(19, "T00:00:00")}Z`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

import { readEvent, type UniversalEvent } from "@syncer/calendar";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combinations } from "../../calendar/test/support/combinations.ts";
import { fixture, fixtureNames } from "../../calendar/test/support/fixtures.ts";
import { GoogleBench, type State } from "./support/google-bench.ts";
import { seriesWithExceptions } from "./support/sample-events.ts";

/** Events as CalDAV servers have them, in what Google can hold of them. */
const events: readonly Partial<UniversalEvent>[] = [
  ...combinations().map(({ text }) => text),
  ...fixtureNames.map(fixture),
]
  .map((text) => written(readEvent(text).event))
  .concat(written(seriesWithExceptions("u@x", "Weekly")))
  .filter(({ status }) => status !== "cancelled");

function written(event: UniversalEvent): Partial<UniversalEvent> {
  const { attendees: _, organizer: __, sequence: ___, uid: ____, conference: _____, ...rest } = event;
  const { categories: ______, color: _______, url: ________, priority: _________, ...held } = rest;
  return held;
}

/** What was to be written, and what is read, in the words that both know. */
function shared({ native }: State, wanted: Partial<UniversalEvent>): Partial<UniversalEvent> {
  return Object.fromEntries(Object.keys(wanted).map((field) => [field, Reflect.get(native.event, field)]));
}

describe("any event that becomes any other", () => {
  it("is that other when it is read again, instances included, and is not written a second time", {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...events), fc.constantFrom(...events), async (from, to) => {
        const bench = new GoogleBench();
        bench.google.settings.rateLimits = false;
        let state = await bench.createWhole(from);
        for (const wanted of [to, from]) {
          state = await bench.update(state, wanted);
          const { losses = [], ...read } = state;
          expect(await bench.get(state.id)).toEqual(read);
          if (losses.length === 0) expect(shared(state, wanted)).toEqual(wanted);
          const asked = await bench.asked(() => bench.update(state, wanted));
          expect(asked.filter((each) => !each.startsWith("GET"))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

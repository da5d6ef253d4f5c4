import { createEvent, type EventOverrides, readEvent, type UniversalEvent } from "@syncer/calendar";
import { sampleEvents, seriesWithExceptions } from "../../packages/provider-caldav/test/support/sample-events.ts";
import { type Calendar, contentOf } from "./calendar-world.ts";

/** When calendars of old were written. */
const LONG_AGO_MS = Date.UTC(2026, 9, 1, 12);

/** That many events of all sorts, every tenth a series with exceptions, no two of one title. */
export function manyEvents(count: number, name: string): readonly (UniversalEvent & { readonly uid: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const [uid, title] = [`${name}-${index}@calendars.example`, `${name} ${index}`];
    const sample = index % 10 === 0 ? seriesWithExceptions(uid, title) : sampleEvents[index % sampleEvents.length];
    if (!sample) throw new RangeError("there are no samples");
    const { overrides } = sample.uid === uid ? sample : { overrides: {} };
    return { ...sample, uid, title, overrides };
  });
}

/** Calendar objects as another program has written them, by the names of their files. */
export function textsOf(
  events: readonly (UniversalEvent & { readonly uid: string })[],
  program: string,
): ReadonlyMap<string, string> {
  const options = { prodId: `-//Another Program//${program}//EN`, nowMs: LONG_AGO_MS };
  return new Map(
    events.map((event, index) => [`${program}-${index}`, createEvent(event, { ...options, uid: event.uid }).text]),
  );
}

/** What happens to series: cancelled, moved and edited instances, and one that is as its series again. */
const EXCEPTIONS: readonly EventOverrides[] = [
  { "2026-12-22T09:00:00": { excluded: true } },
  {
    "2026-12-22T09:00:00": {
      when: { start: "2026-12-23T16:00:00", timeZone: "Europe/Berlin", duration: "PT30M", allDay: false },
    },
  },
  { "2026-12-29T09:00:00": { title: "Retrospective", location: "Room 7" } },
  {},
];

/**
 * A person at work in two calendars that are in step: edits, deletions, new events and exceptions of series, on either side, and
 * edits of different fields of one event on both.
 * @param expected by UID, what is in both calendars; becomes what has to be
 * @returns how many writes it takes to get both in step again
 */
export async function editBothSides(
  sides: readonly [Calendar, Calendar],
  expected: Map<string, UniversalEvent>,
): Promise<number> {
  let writes = 0;
  for (const [index, { person, name, front }] of sides.entries()) {
    const place = `${front.server.name} ${name}`;
    const byUid = new Map([...(await person.texts())].map(([id, text]) => [readEvent(text).uid, id]));
    const idOf = (uid: string) => byUid.get(uid) ?? "";
    const edit = async (uid: string, changes: Partial<UniversalEvent>) => {
      await person.edit(idOf(uid), changes);
      const was = expected.get(uid);
      if (!was) throw new RangeError(`nobody expects ${uid}`);
      expected.set(uid, contentOf({ ...was, ...changes }));
      writes += 1;
    };
    // Those of one sort, apart on either side.
    const uids = (from: string, first: number, count: number, step = 1) =>
      Array.from({ length: count }, (_, at) => `${from}-${first + (at + index * count) * step}@calendars.example`);
    for (const uid of uids("Both", 1, 4)) await edit(uid, { title: `${uid} renamed at ${place}` });
    for (const uid of uids("Left", 11, 4)) await edit(uid, { description: `Seen at ${place}\nand "noted"; so, there` });
    for (const uid of uids("Right", 21, 4)) await edit(uid, { location: place, categories: ["moved"] });
    for (const [at, uid] of uids("Both", 100, EXCEPTIONS.length, 10).entries()) {
      await edit(uid, { overrides: EXCEPTIONS[at] ?? {} });
    }
    for (const uid of uids("Left", 41, 4)) {
      await person.remove(idOf(uid));
      expected.delete(uid);
      writes += 1;
    }
    for (const event of manyEvents(4, `New at ${place}`)) {
      await person.put(event);
      for (const text of textsOf([event], place).values()) expected.set(event.uid, contentOf(readEvent(text).event));
      writes += 1;
    }
    // One event, another field on each side: one write to either.
    await edit("Both-401@calendars.example", index === 0 ? { title: "Both have edited it" } : { location: "Here" });
  }
  return writes;
}

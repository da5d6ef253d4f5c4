import type { GoogleCalendar } from "./calendars.ts";
import type { StoredEvent } from "./event-model.ts";
import { commitEvent } from "./event-store.ts";
import { type EventTime, instanceTail, later, sortKey } from "./event-times.ts";
import { occurrences } from "./recurrence.ts";
import { exceptionsOf, findEvent, isMaster, type Master, plainInstance } from "./series.ts";
import type { GoogleWorld } from "./world.ts";

/**
 * Ends a series before one of its instances and begins a copy of it there. Exceptions before the cut stay, later ones
 * are gone.
 *
 * @returns the new series' id, which has `_R` and the cut behind the old one's
 * @throws {RangeError} the instance does not exist
 */
export function splitSeries(world: GoogleWorld, calendar: GoogleCalendar, instanceId: string): string {
  const found = findEvent(calendar.events, instanceId);
  const master = calendar.events.get(found?.instance?.masterId ?? "");
  if (found?.instance === undefined || master === undefined || !isMaster(master))
    throw new RangeError("The sandbox's Google has no such instance.");
  const cut = found.instance.originalStart;
  const rest = restOf(master, cut);
  const id = `${master.id}_R${instanceTail(cut).replace("Z", "")}`;
  const { start, end } = plainInstance(master, cut);
  const fresh: StoredEvent = { ...master, id, iCalUID: `${id}@google.com`, start, end, recurrence: rest, version: 0 };
  for (const { id: exceptionId, instance } of exceptionsOf(calendar.events, master.id)) {
    if (instance !== undefined && sortKey(instance.originalStart) >= sortKey(cut)) calendar.events.delete(exceptionId);
  }
  const ended = { ...master, recurrence: master.recurrence.map((line) => endedBefore(line, cut)) };
  commitEvent(world, calendar, { ...ended, sequence: master.sequence + 1, updatedAt: world.clock.now() });
  commitEvent(world, calendar, fresh);
  return id;
}

function endedBefore(line: string, cut: EventTime): string {
  if (!line.toUpperCase().startsWith("RRULE")) return line;
  const until = cut.kind === "moment" ? instanceTail(later(cut, -1_000)) : instanceTail(later(cut, -86_400_000));
  return `${line.replaceAll(/;?(?:UNTIL|COUNT)=[^;]*/gi, "").replace("RRULE:;", "RRULE:")};UNTIL=${until}`;
}

/** The rule from the cut on: a COUNT has only the rest to go. */
function restOf(master: Master, cut: EventTime): readonly string[] {
  const rules = master.recurrence.filter((line) => line.toUpperCase().startsWith("RRULE"));
  const before = occurrences(
    { start: master.start, recurrence: rules },
    sortKey(master.start),
    sortKey(cut) - 1,
    10_000,
  );
  return master.recurrence.map((line) =>
    line.replace(/COUNT=(\d+)/i, (_, count: string) => `COUNT=${Number(count) - before.length}`),
  );
}

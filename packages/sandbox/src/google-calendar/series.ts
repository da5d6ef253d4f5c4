import type { EventContent, EventsById, StoredEvent } from "./event-model.ts";
import { type EventTime, instanceTail, later, sortKey } from "./event-times.ts";
import { occurrences } from "./recurrence.ts";

/** A master of a series. */
export type Master = StoredEvent & { readonly recurrence: readonly string[] };

export function isMaster(event: StoredEvent): event is Master {
  return event.recurrence !== undefined;
}

/** The instance that the rule puts at a time, as it is while nobody has changed it. */
export function plainInstance(master: Master, originalStart: EventTime): StoredEvent {
  const length = sortKey(master.end) - sortKey(master.start);
  return {
    ...master,
    id: `${master.id}_${instanceTail(originalStart)}`,
    recurrence: undefined,
    start: originalStart,
    end: later(originalStart, length),
    reminders: new Map(master.reminders),
    instance: { masterId: master.id, originalStart },
  };
}

/** Instances that the rule gives between two moments of `sortKey`, changed ones as they are now, cancelled ones too. */
export function instancesOf(
  events: EventsById,
  master: Master,
  from: number,
  to: number,
  limit: number,
): readonly StoredEvent[] {
  const planned = occurrences(master, from, to, limit).map((time) => plainInstance(master, time));
  return planned.map((instance) => events.get(instance.id) ?? instance);
}

/** The exceptions of a series. */
export function exceptionsOf(events: EventsById, masterId: string): readonly StoredEvent[] {
  return [...events.values()].filter(({ instance }) => instance?.masterId === masterId);
}

/** The event of an id; ids of instances that nobody has changed are worked out. */
export function findEvent(events: EventsById, id: string): StoredEvent | undefined {
  const stored = events.get(id);
  if (stored !== undefined) return stored;
  const [, masterId = "", day = "", time] = /^(.+)_(\d{8})(?:T(\d{6})Z)?$/.exec(id) ?? [];
  const master = events.get(masterId);
  if (master === undefined || !isMaster(master) || master.status === "cancelled") return undefined;
  const date = day.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const at = Date.parse(time === undefined ? date : `${date}T${time.replace(/^(\d\d)(\d\d)(\d\d)$/, "$1:$2:$3")}Z`);
  if (Number.isNaN(at) || (time === undefined) !== (master.start.kind === "date")) return undefined;
  const [found] = occurrences(master, at, at, 1);
  return found === undefined ? undefined : plainInstance(master, found);
}

const RESTRICTION = { public: 0, default: 1, private: 2, confidential: 2 } as const;

/** How the visibility of an instance relates to what its series has. */
export function compareVisibility(wanted: EventContent["visibility"], had: EventContent["visibility"]): number {
  return RESTRICTION[wanted ?? "default"] - RESTRICTION[had ?? "default"];
}

export function withVisibility(content: EventContent, visibility: EventContent["visibility"]): EventContent {
  const { visibility: _, ...rest } = content;
  return visibility === undefined ? rest : { ...rest, visibility };
}

/** An exception's content after its master's changed: what it had in common with the master follows. */
export function followMaster(own: EventContent, before: EventContent, after: EventContent): EventContent {
  const names = new Set([...Object.keys(own), ...Object.keys(before), ...Object.keys(after)]);
  const kept = [...names].map((name) => [name, same(own[name], before[name]) ? after[name] : own[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

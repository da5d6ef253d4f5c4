import { overlaps } from "./event-filters.ts";
import type { ListScope } from "./event-list.ts";
import type { StoredEvent } from "./event-model.ts";
import { sortKey } from "./event-times.ts";
import type { SyncState } from "./list-tokens.ts";
import { exceptionsOf, instancesOf, isMaster, type Master } from "./series.ts";

const DAY_MS = 86_400_000;
/** How far endless series are expanded where the request names no end. Google names no figure. */
const HORIZON_MS = 730 * DAY_MS;
const MOST_INSTANCES = 2_500;

/** Expanded events, and the ids of instances among them by their series. */
interface Expanded {
  readonly events: readonly StoredEvent[];
  readonly instances: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Single events and instances in a window; masters are left out. */
export function expandAll(scope: ListScope): Expanded {
  const { calendar, window, showDeleted } = scope;
  const stored = [...calendar.events.values()];
  const singles = stored.filter(
    (event) =>
      event.recurrence === undefined &&
      event.instance === undefined &&
      (showDeleted || event.status !== "cancelled") &&
      overlaps(event, window, calendar.timeZone),
  );
  const living = stored.filter(isMaster).filter(({ status }) => status !== "cancelled");
  const bySeries = living.map((master) => [master.id, seriesInstances(scope, master)] as const);
  return { events: [...singles, ...bySeries.flatMap(([, events]) => events)], instances: idsOf(bySeries) };
}

/** Instances of one series in the window, moved ones by where they are now. */
export function seriesInstances(scope: ListScope, master: Master): readonly StoredEvent[] {
  const { calendar, window, call, showDeleted } = scope;
  const length = sortKey(master.end) - sortKey(master.start);
  const from = window.min === undefined ? sortKey(master.start) : window.min - length - DAY_MS;
  const to = window.max === undefined ? Math.max(call.now, sortKey(master.start)) + HORIZON_MS : window.max + DAY_MS;
  const planned = instancesOf(calendar.events, master, from, to, MOST_INSTANCES);
  const all = new Map([...planned, ...exceptionsOf(calendar.events, master.id)].map((event) => [event.id, event]));
  return [...all.values()].filter(
    (event) => (showDeleted || event.status !== "cancelled") && overlaps(event, window, calendar.timeZone),
  );
}

/** What has changed since a token: of a changed series all instances, and those that are no more as cancelled ones. */
export function expandChanged(scope: ListScope, since: SyncState): Expanded {
  const { calendar } = scope;
  const stored = [...calendar.events.values()];
  const changed = stored.filter(({ version }) => version > since.at);
  const singles = changed.filter((event) => event.recurrence === undefined && event.instance === undefined);
  const before = since.instances ?? new Map<string, ReadonlySet<string>>();
  const series = stored
    .filter((event) => isMaster(event) || before.has(event.id))
    .map((master) => {
      const living = isMaster(master) && master.status !== "cancelled";
      const now = living ? seriesInstances({ ...scope, showDeleted: false }, master) : [];
      const exceptions = changed.filter(({ instance }) => instance?.masterId === master.id);
      const news = master.version > since.at ? [...now, ...exceptions] : exceptions;
      const gone = goneInstances(master, before.get(master.id) ?? new Set(), now, exceptions);
      return { master, now, events: [...new Map([...news, ...gone].map((event) => [event.id, event])).values()] };
    });
  return {
    events: [...singles, ...series.flatMap(({ events }) => events)],
    instances: idsOf(series.map(({ master, now }) => [master.id, now])),
  };
}

/** Instances that were shown before and are none any more. */
function goneInstances(
  master: StoredEvent,
  shown: ReadonlySet<string>,
  now: readonly StoredEvent[],
  told: readonly StoredEvent[],
): readonly StoredEvent[] {
  const known = new Set([...now, ...told].map(({ id }) => id));
  return [...shown]
    .filter((id) => !known.has(id))
    .map((id) => ({ ...master, ...originalOf(master, id), id, status: "cancelled" as const, recurrence: undefined }));
}

function originalOf(master: StoredEvent, id: string): Pick<StoredEvent, "instance"> {
  const tail = id.slice(master.id.length + 1);
  const date = tail.replace(/^(\d{4})(\d\d)(\d\d).*$/, "$1-$2-$3");
  const time = /T(\d\d)(\d\d)(\d\d)Z$/.exec(tail);
  const zone = master.start.kind === "moment" ? master.start.zone : "UTC";
  const originalStart =
    time === null
      ? { kind: "date" as const, date }
      : { kind: "moment" as const, at: Date.parse(`${date}T${time[1]}:${time[2]}:${time[3]}Z`), zone };
  return { instance: { masterId: master.id, originalStart } };
}

function idsOf(series: readonly (readonly [string, readonly StoredEvent[]])[]): Expanded["instances"] {
  const living = ({ status }: StoredEvent): boolean => status !== "cancelled";
  return new Map(series.map(([id, events]) => [id, new Set(events.filter(living).map((event) => event.id))]));
}

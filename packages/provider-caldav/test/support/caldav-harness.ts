import type { AnyProvider, HeldDocuments, Session } from "@syncer/core";
import { type FastForwardClock, fastForwardClock, type ProviderHarness } from "@syncer/testkit";
import { caldav } from "../../src/index.ts";
import { type DavServer, tokenOf } from "./dav-server.ts";
import { DavUser } from "./dav-user.ts";
import { sampleEvents } from "./sample-events.ts";

/** For servers on this machine. */
export const ON_THIS_MACHINE = { allowPrivate: true, schemes: ["http", "https"] } as const;

let calendars = 0;

/** Provider, account and a calendar of its own, which is empty. */
export async function createCaldavHarness(server: DavServer): Promise<ProviderHarness> {
  calendars += 1;
  const containerId = await server.makeCalendar(`conformance-${calendars}`);
  const clock = fastForwardClock();
  const user = new DavUser(server, containerId);
  return {
    provider: atServer(caldav({ addresses: ON_THIS_MACHINE, now: () => clock.now() }), server.url),
    fetch: whole(server.fetch, clock),
    clock,
    user: { accessToken: tokenOf(), accountId: server.principal, grantedScopes: [] },
    fixtures: {
      documents: {
        events: {
          items: sampleEvents,
          changes: {
            title: "Quite another title",
            location: "Elsewhere",
            reminders: [{ minutes: 5, action: "display" }],
            categories: ["another"],
          },
          unknownId: "nothing-has-this-name",
          containerId,
        },
      },
    },
    standIn: {
      fill: async () => {
        throw new TypeError("events are documents");
      },
      async addOddRows() {
        await user.putText("a task", calendarObject("VTODO", ["SUMMARY:Buy milk"]));
        await user.putText("nowhere", calendarObject("VEVENT", ["DTSTART;TZID=Middle/Earth:20261201T090000"]));
        const inverted = ["DTSTART:20261202T090000Z", "DTEND:20261201T090000Z"];
        await user.putText("backwards", calendarObject("VEVENT", inverted));
        return ["unsupported", "unsupported", "unreadable"];
      },
      documents: {
        events: {
          async put(items) {
            const ids: string[] = [];
            for (const item of items) ids.push(await user.put(item as never, clock.now()));
            return ids;
          },
          edit: (id, changes) => user.edit(id, changes, clock.now()),
          remove: (id) => user.remove(id),
        },
      },
    },
    writable: true,
    close: () => server.removeCalendar(containerId),
  };
}

function calendarObject(component: string, lines: readonly string[]): string {
  const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", `BEGIN:${component}`];
  const identity = [`UID:${crypto.randomUUID()}`, "DTSTAMP:20261122T120000Z"];
  return [...head, ...identity, ...lines, `END:${component}`, "END:VCALENDAR", ""].join("\r\n");
}

/** Sockets are outside of the clock's sight: time stands still until an answer is there as a whole. */
function whole(fetch: typeof globalThis.fetch, clock: FastForwardClock): typeof globalThis.fetch {
  return (input, init) =>
    clock.hold(
      (async () => {
        const answer = await fetch(input, init);
        const body = await answer.arrayBuffer();
        return new Response(body.byteLength === 0 ? null : body, { status: answer.status, headers: answer.headers });
      })(),
    );
}

/** The suite's sessions know no server; a connection's do. */
function atServer(provider: AnyProvider, serverUrl: string): AnyProvider {
  const known = new WeakMap<Session, Session>();
  const at = (session: Session): Session => {
    const placed = known.get(session) ?? { ...session, serverUrl };
    known.set(session, placed);
    return placed;
  };
  const events = provider.collections.events as HeldDocuments;
  const { read, write, containers } = events;
  if (!read.changes || !write) throw new TypeError("reads and writes are both there");
  const { changes } = read;
  const placed: HeldDocuments = {
    ...events,
    containers: { list: (session) => containers.list(at(session)) },
    read: {
      ...read,
      list: (session, ...rest) => read.list(at(session), ...rest),
      get: (session, ...rest) => read.get(at(session), ...rest),
      changes: (session, ...rest) => changes(at(session), ...rest),
    },
    write: {
      ...write,
      create: (session, ...rest) => write.create(at(session), ...rest),
      update: (session, ...rest) => write.update(at(session), ...rest),
      delete: (session, ...rest) => write.delete(at(session), ...rest),
    },
  };
  return {
    ...provider,
    profile: (session) => provider.profile(at(session)),
    health: (session) => provider.health(at(session)),
    validateTokens: (session) => provider.validateTokens(at(session)),
    syncUserData: (session, since) => provider.syncUserData(at(session), since),
    collections: { events: placed },
  };
}

import type { UniversalEvent } from "@syncer/calendar";
import { createSandbox, GOOGLE_APP, type Sandbox, signIn } from "@syncer/sandbox";
import { type FastForwardClock, fastForwardClock, type ProviderHarness } from "@syncer/testkit";
import { googleCalendar } from "../../src/index.ts";
import { googleBody } from "./google-body.ts";
import { sampleEvents } from "./sample-events.ts";

export const ANNA = "anna@gmail.example";
export const BEN = "ben@gmail.example";

const PREFIX = "https://www.googleapis.com/auth/";
export const GRANTED = [
  "openid",
  `${PREFIX}userinfo.email`,
  `${PREFIX}calendar.calendarlist.readonly`,
  `${PREFIX}calendar.events`,
  `${PREFIX}calendar.events.readonly`,
];

export interface GoogleHarness extends ProviderHarness {
  readonly sandbox: Sandbox;
  readonly clock: FastForwardClock;
}

/** Anna, signed in at the sandbox's Google, with an empty calendar. */
export function createGoogleHarness(): GoogleHarness {
  const clock = fastForwardClock();
  const sandbox = createSandbox({ clock });
  const { google } = sandbox.control;
  const tokens = google.issueTokens(ANNA, GRANTED);
  return {
    sandbox,
    provider: googleCalendar({ clientId: GOOGLE_APP.id, clientSecret: GOOGLE_APP.secret }),
    fetch: (input, init) => clock.hold(sandbox.fetch(input, init)),
    clock,
    user: {
      accessToken: tokens.accessToken,
      renew: async () => google.issueTokens(ANNA, GRANTED).accessToken,
      grantedScopes: GRANTED,
    },
    signIn: {
      redirectUrl: "https://app.example/callback",
      visit: (url, decision) => signIn({ fetch: sandbox.fetch, url, user: ANNA, decision }),
    },
    fixtures: {
      documents: {
        events: {
          items: sampleEvents,
          changes: {
            title: "Quite another title",
            location: "Elsewhere",
            reminders: [{ minutes: 5, action: "display" }],
          },
          unknownId: "nothinghasthisid",
          containerId: ANNA,
        },
      },
    },
    standIn: {
      fill: async () => {
        throw new TypeError("events are documents");
      },
      async addOddRows() {
        const day = { start: { date: "2026-12-01" }, end: { date: "2026-12-02" } };
        google.putEvent(ANNA, { ...day, recurrence: ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=MONTHLY"] });
        google.putEvent(ANNA, { ...day, recurrence: ["RRULE:FREQ=WEEKLY", "EXRULE:FREQ=MONTHLY"] });
        return ["unsupported", "unsupported"];
      },
      documents: {
        events: {
          put: async (items) => items.map((item) => google.putEvent(ANNA, googleBody(item as UniversalEvent))),
          edit: async (id, changes) => google.editEvent(ANNA, id, patchBody(changes)),
          remove: async (id) => google.removeEvent(ANNA, id),
        },
      },
    },
    writable: true,
  };
}

/** A patch says what is no longer there. */
function patchBody(changes: Partial<UniversalEvent>): Readonly<Record<string, unknown>> {
  const { start, end, ...body } = googleBody(changes) as { start?: object; end?: object };
  const nothing = { date: null, dateTime: null, timeZone: null };
  return { ...body, ...(start ? { start: { ...nothing, ...start }, end: { ...nothing, ...end } } : {}) };
}

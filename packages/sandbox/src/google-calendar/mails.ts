import type { GoogleCalendar } from "./calendars.ts";
import type { GoogleCall } from "./call.ts";
import type { StoredEvent } from "./event-model.ts";
import { booleanOf, choiceOf } from "./parameters.ts";
import type { GoogleWorld } from "./world.ts";

/** A mail that Google would have sent to a guest or organizer. Nothing is sent. */
export interface WouldBeMail {
  readonly to: string;
  readonly kind: "invitation" | "update" | "cancellation" | "response";
  readonly calendarId: string;
  readonly eventId: string;
  /** Method of the API. */
  readonly operation: string;
  /** What asked for it, such as `sendUpdates=all`. */
  readonly because: string;
  /** `false`: notifications were not asked for, but the documentation warns that some may go out all the same. */
  readonly certain: boolean;
}

interface Asked {
  readonly because: string;
  readonly reaches: (email: string) => "certain" | "possible" | undefined;
}

/** What the request says about notifications. */
function asked(call: GoogleCall): Asked {
  const { world } = call;
  const updates = choiceOf(call, "sendUpdates", ["all", "externalOnly", "none"]);
  const old = booleanOf(call, "sendNotifications");
  if (updates === "all" || (updates === undefined && old))
    return { because: updates === "all" ? "sendUpdates=all" : "sendNotifications=true", reaches: () => "certain" };
  if (updates === "externalOnly")
    return {
      because: "sendUpdates=externalOnly",
      reaches: (email) => (world.users.has(email) ? undefined : "certain"),
    };
  return { because: updates === "none" ? "sendUpdates=none" : "no sendUpdates", reaches: () => "possible" };
}

/** Notes whom a change of an event would have been mailed to. Private copies notify nobody. */
export function noteMails(
  call: GoogleCall,
  calendar: GoogleCalendar,
  change: { readonly before: StoredEvent | undefined; readonly after: StoredEvent },
): void {
  const { because, reaches } = asked(call);
  const { before, after } = change;
  if (after.privateCopy) return;
  const note = (to: string, kind: WouldBeMail["kind"]): void => {
    const chance = reaches(to);
    if (chance === undefined) return;
    const { operation, world } = call;
    const certain = chance === "certain";
    world.mails.push({ to, kind, calendarId: calendar.id, eventId: after.id, operation, because, certain });
  };
  if (after.organizer.email !== calendar.id) {
    note(after.organizer.email, "response");
    return;
  }
  const [invited, invites] = [guestsOf(before, calendar), guestsOf(after, calendar)];
  for (const guest of invites) note(guest, invited.has(guest) ? "update" : "invitation");
  for (const guest of invited) if (!invites.has(guest)) note(guest, "cancellation");
}

/** Guests who have the event: nobody, once it is cancelled. */
function guestsOf(event: StoredEvent | undefined, calendar: GoogleCalendar): ReadonlySet<string> {
  if (event === undefined || event.status === "cancelled") return new Set();
  const guests = (event.content.attendees ?? []).filter(
    ({ email, resource }) => email !== calendar.id && resource !== true,
  );
  return new Set(guests.map(({ email }) => email));
}

/** The mails so far. */
export function mailsOf(world: GoogleWorld): readonly WouldBeMail[] {
  return [...world.mails];
}

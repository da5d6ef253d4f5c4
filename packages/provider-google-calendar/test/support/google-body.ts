import { endOf, printRecurrence, type UniversalEvent } from "@syncer/calendar";

type Body = Readonly<Record<string, unknown>>;

/** What a person's application would send for these fields: local times, and HTML for what would be taken for it. */
export function googleBody(event: Partial<UniversalEvent>): Body {
  const { when, recurrence, overrides, reminders, privacy } = event;
  const lines =
    when && recurrence !== undefined ? printRecurrence({ when, recurrence, overrides: overrides ?? {} }) : [];
  return {
    ...(event.uid === undefined ? {} : { iCalUID: event.uid }),
    ...(event.title === undefined ? {} : { summary: event.title }),
    ...(event.description === undefined ? {} : { description: asHtml(event.description) }),
    ...(event.location === undefined ? {} : { location: event.location }),
    ...(when ? { start: time(when.start, when.timeZone), end: time(endOf(when), when.timeZone) } : {}),
    ...(lines.length === 0 ? {} : { recurrence: lines }),
    ...(event.status === undefined ? {} : { status: event.status }),
    ...(privacy === undefined ? {} : { visibility: privacy === "secret" ? "confidential" : privacy }),
    ...(event.freeBusyStatus === undefined
      ? {}
      : { transparency: event.freeBusyStatus === "free" ? "transparent" : "opaque" }),
    ...(reminders === undefined
      ? {}
      : {
          reminders: {
            useDefault: false,
            overrides: reminders.map(({ minutes, action }) => ({
              minutes,
              method: action === "email" ? "email" : "popup",
            })),
          },
        }),
  };
}

function time(at: string, timeZone: string | null): Body {
  return timeZone === null ? { date: at } : { dateTime: at, timeZone };
}

function asHtml(text: string): string {
  if (!/[<&]/.test(text)) return text;
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, "<br>");
}

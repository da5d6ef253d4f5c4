import type { UniversalEvent } from "@syncer/calendar";

const PLAIN: Omit<UniversalEvent, "uid" | "title" | "when"> = {
  description: "",
  location: "",
  recurrence: null,
  overrides: {},
  status: "confirmed",
  privacy: "default",
  freeBusyStatus: "busy",
  reminders: [],
};

/** Single events and series of all sorts, as Google shows them. */
export const sampleEvents: readonly UniversalEvent[] = [
  ...Array.from({ length: 11 }, (_, index) => sampleEvent(index)),
  {
    ...PLAIN,
    uid: "sample-all-day@syncer.example",
    title: "Three whole days",
    when: { start: "2026-12-24", timeZone: null, duration: "P3D", allDay: true },
    freeBusyStatus: "free",
    privacy: "private",
  },
  {
    ...PLAIN,
    uid: "sample-utc@syncer.example",
    title: "Everywhere at once",
    when: { start: "2026-12-21T12:00:00", timeZone: "Etc/UTC", duration: "PT15M", allDay: false },
    status: "tentative",
    privacy: "secret",
  },
  {
    ...seriesOfTuesdays("sample-series@syncer.example", "Standup"),
    overrides: { "2026-12-08T09:00:00": { excluded: true } },
  },
];

export function sampleEvent(index: number): UniversalEvent {
  return {
    ...PLAIN,
    uid: `sample-${index}@syncer.example`,
    title: `Sample ${index}; with, signs \\ & <tags> — ünï`,
    description: `Line one of ${index}\nLine two: 100 %, "quoted", 1 < 2 & <b>no tag</b>`,
    location: `Room ${index}, Straße 5`,
    when: {
      start: `2026-12-${String((index % 28) + 1).padStart(2, "0")}T${String(8 + (index % 12)).padStart(2, "0")}:30:00`,
      timeZone: index % 2 === 0 ? "Europe/Berlin" : "America/New_York",
      duration: `PT${(index % 9) + 1}H`,
      allDay: false,
    },
    reminders: [
      { minutes: 10 + index, action: "display" },
      { minutes: 1_440 + index, action: "email" },
    ],
  };
}

/** Weekly, with nothing special. */
export function seriesOfTuesdays(uid: string, title: string): UniversalEvent {
  return {
    ...PLAIN,
    uid,
    title,
    when: { start: "2026-12-01T09:00:00", timeZone: "Europe/Berlin", duration: "PT30M", allDay: false },
    recurrence: { frequency: "weekly", byDay: [{ day: "tu" }] },
  };
}

/** The same with one left out, one of another time and title, and one more on another day. */
export function seriesWithExceptions(uid: string, title: string): UniversalEvent {
  return {
    ...seriesOfTuesdays(uid, title),
    overrides: {
      "2026-12-08T09:00:00": { excluded: true },
      "2026-12-15T09:00:00": {
        title: `${title} and planning`,
        when: { start: "2026-12-15T10:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false },
      },
      "2026-12-17T09:00:00": { added: true },
    },
  };
}

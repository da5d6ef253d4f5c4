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
  categories: [],
};

/** Fourteen events of all sorts, as a service shows them. */
export const sampleEvents: readonly UniversalEvent[] = [
  ...Array.from(
    { length: 10 },
    (_, index): UniversalEvent => ({
      ...PLAIN,
      uid: `sample-${index}@syncer.example`,
      title: `Sample ${index}; with, signs \\ & <tags> — ünï`,
      description: `Line one of ${index}\nLine two: 100 %, "quoted"`,
      location: `Room ${index}, Straße 5`,
      when: {
        start: `2026-12-0${(index % 9) + 1}T${String(8 + index).padStart(2, "0")}:30:00`,
        timeZone: "Europe/Berlin",
        duration: `PT${index + 1}H`,
        allDay: false,
      },
      reminders: [{ minutes: 10 + index, action: "display" }],
      categories: [`one-${index}`, `two-${index}`],
    }),
  ),
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
    uid: "sample-floating@syncer.example",
    title: "Wherever one is",
    when: { start: "2026-12-20T09:00:00", timeZone: null, duration: "PT45M", allDay: false },
    status: "tentative",
  },
  seriesWithExceptions("sample-series@syncer.example", "Standup"),
  {
    ...PLAIN,
    uid: "sample-utc@syncer.example",
    title: "Everywhere at once",
    when: { start: "2026-12-21T12:00:00", timeZone: "Etc/UTC", duration: "PT15M", allDay: false },
    priority: 1,
    url: "https://example.org/launch",
  },
];

/** On Tuesdays, with one left out and one of another time and title. */
export function seriesWithExceptions(uid: string, title: string): UniversalEvent {
  return {
    ...PLAIN,
    uid,
    title,
    when: { start: "2026-12-01T09:00:00", timeZone: "Europe/Berlin", duration: "PT30M", allDay: false },
    recurrence: { frequency: "weekly", byDay: [{ day: "tu" }] },
    overrides: {
      "2026-12-08T09:00:00": { excluded: true },
      "2026-12-15T09:00:00": {
        title: `${title} and planning`,
        when: { start: "2026-12-15T10:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false },
      },
    },
  };
}

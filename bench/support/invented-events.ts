const WORDS =
  "Review,Lunch,Planning,Call,Dentist,Standup,Workshop,Interview,Swimming,Choir,Retrospective,Handover".split(",");
const PLACES = [
  "",
  "Room 4.12",
  "Café am Markt; upstairs",
  "https://meet.example.org/room-9",
  "Straße 5, 10115 Berlin",
];
const DAY_MS = 86_400_000;
/** Every tenth is a series with two exceptions. */
const SERIES = 10;

/** Berlin as most applications write it into each event. */
const BERLIN = [
  "BEGIN:VTIMEZONE",
  "TZID:Europe/Berlin",
  "BEGIN:DAYLIGHT",
  "DTSTART:19810329T020000",
  "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
  "TZNAME:CEST",
  "TZOFFSETFROM:+0100",
  "TZOFFSETTO:+0200",
  "END:DAYLIGHT",
  "BEGIN:STANDARD",
  "DTSTART:19961027T030000",
  "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
  "TZNAME:CET",
  "TZOFFSETFROM:+0200",
  "TZOFFSETTO:+0100",
  "END:STANDARD",
  "END:VTIMEZONE",
];

/** The nth event of an invented calendar: always the same, and of no real person. @returns one calendar object */
export function inventedEvent(n: number): string {
  const date = new Date(Date.UTC(2026, 0, 1) + (n % 730) * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "");
  const isSeries = n % SERIES === 0;
  const isWholeDay = n % SERIES === 1;
  const hour = String(8 + (n % 10)).padStart(2, "0");
  const lines = isWholeDay ? [] : BERLIN;
  const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Calendar//EN", "CALSCALE:GREGORIAN", ...lines];
  const when = isWholeDay
    ? [`DTSTART;VALUE=DATE:${date}`, "DURATION:P1D"]
    : [`DTSTART;TZID=Europe/Berlin:${date}T${hour}3000`, "DURATION:PT45M"];
  const event = component(n, [...when, ...(isSeries ? ["RRULE:FREQ=DAILY;COUNT=20"] : [])], titleOf(n));
  const exceptions = isSeries ? exceptionsOf(n, date, hour) : [];
  return `${[...head, ...event, ...exceptions, "END:VCALENDAR"].map(folded).join("\r\n")}\r\n`;
}

function titleOf(n: number): string {
  return `${WORDS[n % WORDS.length]} ${n}${n % 7 === 0 ? " — mit Ümläuten" : ""}`;
}

function component(n: number, when: readonly string[], title: string, isException = false): readonly string[] {
  const place = PLACES[n % PLACES.length]?.replace(/[;,]/g, "\\$&") ?? "";
  const more = [
    ...(place === "" ? [] : [`LOCATION:${place}`]),
    ...(n % 3 === 0
      ? [`DESCRIPTION:Agenda of ${n}:\\n- what was\\n- what comes\\, and who does it\\n${"- more ".repeat(20)}`]
      : []),
    ...(n % 4 === 0 ? ["CATEGORIES:Work,Team"] : []),
    ...(n % 2 === 0 && !isException
      ? ["BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", "TRIGGER:-PT15M", "END:VALARM"]
      : []),
  ];
  const identity = [`UID:event-${n}@calendar.example`, "DTSTAMP:20260101T080000Z", "LAST-MODIFIED:20260101T080000Z"];
  return [
    "BEGIN:VEVENT",
    ...identity,
    ...when,
    `SUMMARY:${title}`,
    "SEQUENCE:0",
    "STATUS:CONFIRMED",
    ...more,
    "END:VEVENT",
  ];
}

/** The third day is at another time, the fifth has another title. */
function exceptionsOf(n: number, date: string, hour: string): readonly string[] {
  const day = (by: number) => {
    const first = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
    return new Date(first + by * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "");
  };
  const slot = (by: number) => `RECURRENCE-ID;TZID=Europe/Berlin:${day(by)}T${hour}3000`;
  const start = (by: number, at: string) => [`DTSTART;TZID=Europe/Berlin:${day(by)}T${at}3000`, "DURATION:PT45M"];
  return [
    ...component(n, [slot(2), ...start(2, String(Number(hour) + 1).padStart(2, "0"))], titleOf(n), true),
    ...component(n, [slot(4), ...start(4, hour)], `${titleOf(n)} (moved)`, true),
  ];
}

/** RFC 5545 §3.1: lines of 75 octets at most; counted in characters of three octets, which is safe for all of these. */
function folded(line: string): string {
  return line.length <= 70 ? line : line.replace(/(.{25})(?=.)/gu, "$1\r\n ");
}

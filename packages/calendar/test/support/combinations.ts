import { eventText } from "./calendar-text.ts";
import { dashed, type OracleSeries, type OracleSlot, offsetMs, oracleSlots, wallMs } from "./oracle.ts";

/** One series as a calendar wrote it, and what it is made of. */
export interface Combination {
  readonly name: string;
  readonly text: string;
  readonly series: OracleSeries;
  /** Slots that do not take place. */
  readonly leftOut: readonly string[];
  /** Starts that take place beside those of the rule. */
  readonly added: readonly string[];
}

interface Clock {
  readonly name: string;
  readonly zone: string | undefined;
  readonly form: "zoned" | "utc" | "floating" | "date";
  readonly tzid?: string;
  readonly days?: number;
}

const zoned = (zone: string, tzid = zone): Clock => ({ name: tzid, zone, form: "zoned", tzid });

const clocks: readonly Clock[] = [
  zoned("Europe/Berlin"),
  zoned("America/New_York"),
  zoned("America/Sao_Paulo"),
  zoned("Asia/Kolkata"),
  zoned("Australia/Lord_Howe"),
  zoned("Pacific/Auckland"),
  zoned("Europe/Berlin", "W. Europe Standard Time"),
  zoned("America/New_York", "Eastern Standard Time"),
  { name: "UTC", zone: "UTC", form: "utc" },
  { name: "floating", zone: undefined, form: "floating" },
  { name: "all-day", zone: undefined, form: "date", days: 1 },
  { name: "three days", zone: undefined, form: "date", days: 3 },
];

/** Just before clocks change in the north, in the south, and in São Paulo, where they did so at midnight. */
const borders = ["20260327T023000", "20261002T021500", "20181102T003000"];

interface Shape {
  readonly name: string;
  readonly rule: string;
  /** The same in words that ical.js understands: it has a yearly 29 February on 1 March of other years. */
  readonly oracleRule?: string;
  readonly start?: string;
  readonly count?: number;
  readonly untilDays?: number;
  readonly special?: "left-out" | "moved" | "edited" | "cancelled" | "added";
}

const shapes: readonly Shape[] = [
  { name: "daily", rule: "FREQ=DAILY" },
  { name: "weekly on several days", rule: "FREQ=WEEKLY;BYDAY=MO,WE,FR" },
  { name: "monthly by day", rule: "FREQ=MONTHLY;BYDAY=2TU" },
  { name: "monthly by date", rule: "FREQ=MONTHLY;BYMONTHDAY=31" },
  { name: "last Friday", rule: "FREQ=MONTHLY;BYDAY=-1FR" },
  { name: "last weekday", rule: "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1" },
  { name: "yearly", rule: "FREQ=YEARLY" },
  {
    name: "29 February",
    rule: "FREQ=YEARLY",
    oracleRule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    start: "20240229T023000",
  },
  { name: "COUNT", rule: "FREQ=DAILY", count: 5 },
  { name: "UNTIL", rule: "FREQ=DAILY", untilDays: 6 },
  { name: "INTERVAL and WKST", rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU" },
  { name: "EXDATE", rule: "FREQ=DAILY", special: "left-out" },
  { name: "moved instance", rule: "FREQ=DAILY", special: "moved" },
  { name: "edited instance", rule: "FREQ=WEEKLY", special: "edited" },
  { name: "cancelled instance", rule: "FREQ=DAILY", count: 9, special: "cancelled" },
  { name: "RDATE", rule: "FREQ=WEEKLY;BYDAY=MO,TH", special: "added" },
];

export function combinations(starts: readonly string[] = borders): Combination[] {
  return clocks.flatMap((clock) =>
    shapes.flatMap((shape) => (shape.start ? [shape.start] : starts).map((start) => combine(clock, shape, start))),
  );
}

function combine(clock: Clock, shape: Shape, at: string): Combination {
  const start = clock.form === "date" ? at.slice(0, 8) : at;
  const until = shape.untilDays === undefined ? undefined : lastDay(start, clock, shape.untilDays);
  const series: OracleSeries = {
    start,
    zone: clock.zone,
    rule: shape.oracleRule ?? shape.rule,
    ...(shape.count !== undefined && { count: shape.count }),
    ...(until && { untilMs: until.ms }),
  };
  const slots = oracleSlots(series, 6);
  const end = shape.count === undefined ? (until ? `;UNTIL=${until.text}` : "") : `;COUNT=${shape.count}`;
  const master = [
    ...times(clock, start),
    `RRULE:${shape.rule}${end}`,
    "SUMMARY:Standup\\, all hands",
    "LOCATION:Room 1",
  ];
  const { lines, others, leftOut, added } = specialOf(clock, shape, slots);
  return {
    name: `${shape.name}, ${clock.name}, ${start}`,
    text: eventText([...master, ...lines], ...others),
    series,
    leftOut,
    added,
  };
}

interface Special {
  readonly lines: readonly string[];
  readonly others: readonly (readonly string[])[];
  readonly leftOut: readonly string[];
  readonly added: readonly string[];
}

function specialOf(clock: Clock, { special }: Shape, slots: readonly OracleSlot[]): Special {
  const nothing: Special = { lines: [], others: [], leftOut: [], added: [] };
  const slot = slots[3]?.local ?? "";
  const other = moved(slot);
  const id = timeText("RECURRENCE-ID", slot, clock);
  const title = "SUMMARY:Standup\\, all hands";
  switch (special) {
    case "left-out":
      return { ...nothing, lines: [timeText("EXDATE", slot, clock)], leftOut: [slot] };
    case "moved":
      return {
        ...nothing,
        others: [[id, ...times(clock, other), title, "LOCATION:Room 1"]],
        leftOut: [slot],
        added: [other],
      };
    case "edited":
      return { ...nothing, others: [[id, ...times(clock, slot), "SUMMARY:Planning", "LOCATION:"]] };
    case "cancelled":
      return { ...nothing, others: [[id, ...times(clock, slot), title, "STATUS:CANCELLED"]], leftOut: [slot] };
    case "added":
      return { ...nothing, lines: [timeText("RDATE", other, clock)], added: [other] };
    default:
      return nothing;
  }
}

/** To another time of the day, or another day: no slot of any of the series to which that is done. */
function moved(slot: string): string {
  if (slot.includes("T")) return slot.replace(/T\d\d/, "T17");
  return new Date(Date.parse(dashed(slot)) + 86_400_000).toISOString().slice(0, 10).replace(/-/g, "");
}

function times(clock: Clock, start: string): string[] {
  const line = timeText("DTSTART", start, clock);
  if (clock.form === "date") return [line, ...(clock.days === 1 ? [] : [`DURATION:P${clock.days}D`])];
  return [line, "DURATION:PT1H30M"];
}

function timeText(name: string, local: string, { form, tzid }: Clock): string {
  if (form === "date") return `${name};VALUE=DATE:${local}`;
  if (form === "zoned") return `${name};TZID=${tzid}:${local}`;
  return form === "utc" ? `${name}:${local}Z` : `${name}:${local}`;
}

function lastDay(start: string, { form, zone }: Clock, days: number): { text: string; ms: number } {
  const local = new Date(Date.parse(`${dashed(start).padEnd(19, "T00:00:00")}Z`) + days * 86_400_000)
    .toISOString()
    .slice(0, 19)
    .replace(/[-:]/g, "");
  if (form === "date") return { text: local.slice(0, 8), ms: Date.parse(`${dashed(local.slice(0, 8))}T00:00:00Z`) };
  const ms =
    wallMs(local, zone) ?? Date.parse(`${dashed(local)}Z`) - offsetMs(Date.parse(`${dashed(local)}Z`), zone ?? "UTC");
  if (form === "floating") return { text: local, ms };
  return { text: `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`, ms };
}

/** The moments of the first instances of a series, special ones considered. */
export function oracleInstances({ series, leftOut, added }: Combination, most: number): number[] {
  const regular = oracleSlots(series, most + leftOut.length)
    .filter(({ local }) => !leftOut.includes(local))
    .map(({ ms }) => ms);
  const others = added.map((local) => wallMs(local, series.zone) ?? Number.NaN);
  return [...regular, ...others].sort((a, b) => a - b).slice(0, most);
}

import { endOf, type When } from "../when/index.ts";
import { type Component, lineOf, removeLines, setLine } from "./component.ts";
import { type ContentLine, makeLine, param } from "./content-line.ts";
import { timeLine } from "./times.ts";

/**
 * Writes DTSTART and the end. An event that has a DURATION keeps having one, as long as its end needs no zone of its own; lines that
 * say the same already are left as they are.
 */
export function writeWhen(component: Component, when: When, tzidOf: (zone: string) => string): void {
  setTime(component, timeLine("DTSTART", when.start, when, tzidOf));
  if (lineOf(component, "DURATION") && when.endTimeZone === undefined) {
    setLine(component, makeLine("DURATION", when.duration));
  } else {
    removeLines(component, "DURATION");
    const zone = when.endTimeZone ?? when.timeZone;
    setTime(component, timeLine("DTEND", endOf(when), { allDay: when.allDay, timeZone: zone }, tzidOf));
  }
  const allDay = lineOf(component, "X-MICROSOFT-CDO-ALLDAYEVENT");
  if (allDay) setLine(component, makeLine(allDay.name, when.allDay ? "TRUE" : "FALSE"));
}

/** Parameters of other people's making stay; those that say of what type and in which zone a time is are replaced. */
function setTime(component: Component, line: ContentLine): void {
  const old = lineOf(component, line.name);
  if (old && isSameTime(old, line)) return;
  const kept = [...(old?.params ?? [])].filter(([name]) => name !== "TZID" && name !== "VALUE");
  setLine(component, kept.length === 0 ? line : makeLine(line.name, line.value, new Map([...line.params, ...kept])));
}

function isSameTime(old: ContentLine, line: ContentLine): boolean {
  return old.value.trim() === line.value && (param(old, "TZID") ?? "") === (param(line, "TZID") ?? "");
}

/** A calendar object of lines; UID, DTSTAMP and the frame are added. */
export function eventText(lines: readonly string[], ...others: readonly (readonly string[])[]): string {
  const events = [lines, ...others].map((each) => [
    "BEGIN:VEVENT",
    "UID:u1",
    "DTSTAMP:20260101T000000Z",
    ...each,
    "END:VEVENT",
  ]);
  return calendarText(events.flat());
}

export function calendarText(lines: readonly string[]): string {
  const all = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", ...lines, "END:VCALENDAR"];
  return all.map((line) => `${line}\r\n`).join("");
}

export function unfolded(text: string): string[] {
  return text
    .replace(/\r\n[ \t]/g, "")
    .split("\r\n")
    .filter(Boolean);
}

/** The lines of one component only, by the text of its first line after BEGIN, in order. */
export function valuesOf(text: string, name: string): string[] {
  return unfolded(text)
    .filter((line) => line.split(/[:;]/)[0] === name)
    .map((line) => line.slice(line.indexOf(":") + 1));
}

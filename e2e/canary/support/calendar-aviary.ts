import type { UniversalEvent } from "@syncer/calendar";
import type { Canary } from "./scanner.ts";

/** Events in which every word is a canary. */
export class CalendarAviary {
  readonly canaries: Canary[] = [];
  #hatched = 0;

  bird(kind: string, shape: (value: string) => string = (value) => value): string {
    const value = shape(`${kind}-zilpzalp-${++this.#hatched}-größenwahn`);
    this.canaries.push({ kind, value });
    return value;
  }

  event(): UniversalEvent & { readonly uid: string } {
    const day = String((this.#hatched % 27) + 1).padStart(2, "0");
    return {
      uid: this.bird("uid", (value) => `${value.replace("öß", "oss")}@zilpzalp.example`),
      title: this.bird("title"),
      description: this.bird("note"),
      location: this.bird("place"),
      when: { start: `2026-12-${day}T09:00:00`, timeZone: "Europe/Berlin", duration: "PT1H", allDay: false },
      recurrence: { frequency: "weekly" },
      overrides: {},
      status: "confirmed",
      privacy: "private",
      freeBusyStatus: "busy",
      categories: [this.bird("category")],
      url: `https://zilpzalp.example/${encodeURIComponent(this.bird("url"))}`,
    };
  }

  /** Who is invited, and lines of other programs, for the end of an event. */
  lines(): string {
    const mail = this.bird("mail", (value) => `${value.replace("öß", "oss")}@zilpzalp.example`);
    const guest = `ATTENDEE;CN="${this.bird("guest")}";PARTSTAT=ACCEPTED:mailto:${mail}`;
    return `${guest}\r\nORGANIZER;CN="${this.bird("organizer")}":mailto:${mail}\r\nX-ZILPZALP:${this.bird("line")}\r\n`;
  }
}

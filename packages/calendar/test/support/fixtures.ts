import { readFileSync } from "node:fs";

export const fixtureNames = ["apple", "exchange", "google", "thunderbird"] as const;

/** What a calendar exports, as it does: lines ended by CRLF. Written by hand after real ones; nobody in them exists. */
export function fixture(name: (typeof fixtureNames)[number]): string {
  const path = new URL(`../fixtures/${name}.ics`, import.meta.url);
  return readFileSync(path, "utf8").replace(/\r?\n/g, "\r\n");
}

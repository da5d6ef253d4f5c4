import { Temporal } from "temporal-polyfill";
import { IANA_ALIAS_MAP, WINDOWS_TO_IANA_MAP } from "windows-iana";
import { MERGED_ZONES, MORE_WINDOWS_ZONES, TODAYS_NAMES } from "./zone-names.ts";

const ids = aliasTable();
const windows = windowsTable();
const known = new Map<string, string | undefined>();
let representatives: readonly string[] | undefined;
let listed: readonly string[] | undefined;

/** Longer names are no zones; they are not kept in memory either. */
const LONGEST_NAME = 120;
const MOST_REMEMBERED = 2_000;

/**
 * The id of a zone under which it is compared and stored: today's IANA name, the same on every machine. Takes IANA names and
 * their aliases in any case (`Europe/Kiev` is `Europe/Kyiv`), Windows names (by CLDR, territory 001), and what
 * calendars make of either: quotes, prefixes (`/freeassociation.sourceforge.net/Europe/Berlin`) and counters
 * (`Europe/Berlin-1`). UTC and GMT are `Etc/UTC`.
 * @returns `undefined`: no zone is known by this name, or this machine's zone data lacks it
 */
export function canonicalZone(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  if (known.has(name)) return known.get(name);
  const found = spellings(name)
    .map(lookUp)
    .find((zone) => zone !== undefined);
  if (known.size < MOST_REMEMBERED) known.set(name, found);
  return found;
}

/** What a zone's name may be inside of what a calendar wrote, the most literal first. */
function spellings(name: string): string[] {
  const bare = name.replace(/^[\s"']+|[\s"']+$/g, "");
  const plain = bare.replace(/-\d{1,2}$/, "");
  const literal = plain === bare ? [bare] : [bare, plain];
  if (!bare.startsWith("/")) return literal;
  return literal.flatMap((each) => {
    const parts = each.split("/").filter(Boolean);
    return [3, 2, 1].filter((count) => count <= parts.length).map((count) => parts.slice(-count).join("/"));
  });
}

function lookUp(name: string): string | undefined {
  const key = name.toLowerCase();
  const zone = ids.get(key) ?? windows.get(key);
  if (zone !== undefined) return isKnownHere(zone) ? zone : undefined;
  // Newer than the tables: a name with a region is taken from the machine, an abbreviation (IST) means too many zones.
  return name.includes("/") && /^[A-Za-z]/.test(name) ? spelledHere(name) : undefined;
}

function spelledHere(name: string): string | undefined {
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId;
  } catch {
    return undefined;
  }
}

function isKnownHere(zone: string): boolean {
  return spelledHere(zone) !== undefined;
}

function aliasTable(): Map<string, string> {
  const table = new Map<string, string>();
  for (const { alias } of IANA_ALIAS_MAP) {
    const zone = idOf(alias[0] ?? "");
    for (const name of alias) table.set(name.toLowerCase(), idOf(name) === name ? zone : idOf(name));
  }
  for (const name of [...Object.keys(TODAYS_NAMES), ...Object.keys(MERGED_ZONES)])
    table.set(name.toLowerCase(), idOf(name));
  for (const name of Object.values(TODAYS_NAMES)) table.set(name.toLowerCase(), name);
  return table;
}

function idOf(name: string): string {
  return TODAYS_NAMES[name] ?? MERGED_ZONES[name] ?? name;
}

function windowsTable(): Map<string, string> {
  const table = new Map<string, string>();
  for (const { windowsName, territory, iana } of WINDOWS_TO_IANA_MAP) {
    if (territory === "001")
      table.set(windowsName.toLowerCase(), ids.get(iana[0]?.toLowerCase() ?? "") ?? iana[0] ?? "");
  }
  for (const [name, zone] of Object.entries(MORE_WINDOWS_ZONES)) {
    if (!table.has(name.toLowerCase())) table.set(name.toLowerCase(), zone);
  }
  return table;
}

/** The zones that Windows names stand for: of several with equal rules the one that most people mean. */
export function representativeZones(): readonly string[] {
  representatives ??= [...new Set(windows.values())].filter(isKnownHere);
  return representatives;
}

/** All zones that the tables have, each once, by their ids. */
export function listedZones(): readonly string[] {
  listed ??= [...new Set(ids.values())].filter(isKnownHere);
  return listed;
}

import { MalformedEventError, UnsupportedEventError } from "../event-errors.ts";
import { canonicalZone, type Observance, type Years, zoneByRules } from "../zones/index.ts";
import { type Component, componentsOf, lineOf, linesOf } from "./component.ts";

/** To compare rules with those of all zones takes a while; no event has many zones that nobody knows by name. */
const MOST_NAMELESS = 10;

/** The zones of one calendar object: what its TZIDs mean. A TZID never becomes a floating time. */
export class CalendarZones {
  readonly #components: ReadonlyMap<string, Component>;
  readonly #years: Years;
  readonly #known = new Map<string, string>();
  #compared = 0;

  /** @param years in which the rules of its VTIMEZONEs have to be those of a known zone */
  constructor(calendar: Component, years: Years) {
    const zones = componentsOf(calendar, "VTIMEZONE");
    this.#components = new Map(zones.map((zone) => [lineOf(zone, "TZID")?.value.trim() ?? "", zone]));
    this.#years = years;
  }

  /**
   * The canonical id of the zone that a TZID means: by its name, and if nobody knows that, by the rules of its VTIMEZONE.
   * @throws {UnsupportedEventError} `zone.unknown`
   * @throws {MalformedEventError} `zone.malformed`
   */
  zoneOf(tzid: string, at: string): string {
    const known = this.#known.get(tzid) ?? canonicalZone(tzid) ?? this.#byRules(tzid);
    if (known === undefined) throw new UnsupportedEventError("zone.unknown", at);
    this.#known.set(tzid, known);
    return known;
  }

  /** What this calendar calls a zone, where one of its times is in it. */
  tzidOf(zone: string): string | undefined {
    return [...this.#known].find(([, known]) => known === zone)?.[0];
  }

  hasComponent(tzid: string): boolean {
    return this.#components.has(tzid);
  }

  #byRules(tzid: string): string | undefined {
    const component = this.#components.get(tzid);
    if (!component) return undefined;
    this.#compared += 1;
    if (this.#compared > MOST_NAMELESS) throw new MalformedEventError("zone.malformed", "VTIMEZONE");
    const hints = ["X-LIC-LOCATION", "TZID-ALIAS-OF"].flatMap((name) => lineOf(component, name)?.value ?? []);
    return zoneByRules(observancesOf(component), this.#years, hints);
  }
}

function observancesOf(zone: Component): Observance[] {
  return ["STANDARD", "DAYLIGHT"].flatMap((name) => componentsOf(zone, name)).map(readObservance);
}

function readObservance(component: Component): Observance {
  const rules = linesOf(component, "RRULE");
  const [rule] = rules;
  if (rules.length > 1) throw new MalformedEventError("zone.malformed", "VTIMEZONE");
  return {
    start: lineOf(component, "DTSTART")?.value.trim() ?? "",
    offsetFrom: offsetOf(component, "TZOFFSETFROM"),
    offsetTo: offsetOf(component, "TZOFFSETTO"),
    ...(rule && { rule: rule.value.trim() }),
    dates: linesOf(component, "RDATE").flatMap(({ value }) => value.trim().split(",")),
  };
}

function offsetOf(component: Component, name: string): number {
  const match = /^([+-])(\d\d)(\d\d)(\d\d)?$/.exec(lineOf(component, name)?.value.trim() ?? "");
  if (!match) throw new MalformedEventError("zone.malformed", "VTIMEZONE");
  const size = Number(match[2]) * 3_600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === "-" ? -size : size;
}

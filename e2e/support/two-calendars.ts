import { radicale, type ServerKind, xandikos } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { type Calendar, CalendarWorld, type CalendarWorldOptions } from "./calendar-world.ts";
import { DavFront } from "./dav-front.ts";

let made = 0;

/** Starts servers, each behind a front of its own. */
export async function startFronts(kinds: readonly ServerKind[] = [radicale, xandikos]): Promise<readonly DavFront[]> {
  const fronts: DavFront[] = [];
  for (const kind of kinds) fronts.push(await DavFront.before(await kind.start()));
  return fronts;
}

/**
 * A new world with an account and one empty calendar at each of these servers.
 * @param options with `shows`, the first one is a calendar that somebody else shares
 */
export async function openCalendars(
  fronts: readonly DavFront[],
  options: CalendarWorldOptions = {},
): Promise<{ readonly world: CalendarWorld; readonly calendars: readonly Calendar[] }> {
  made += 1;
  const world = new CalendarWorld(options);
  await world.engine.migrate();
  const calendars: Calendar[] = [];
  for (const [index, front] of fronts.entries()) {
    await world.connect(front, options.shows && index === 0 ? "shared" : "caldav");
    calendars.push(await world.makeCalendar(front, `calendar-${made}`));
  }
  return { world, calendars };
}

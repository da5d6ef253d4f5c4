import { CaldavStandIn } from "./caldav-stand-in.ts";
import type { CalendarServer } from "./calendar-server.ts";

const PASSWORD = "a password";
const USERS = ["anna", "ben"] as const;

/** The stand-in, in this process. @param latencyMs of each request, once it is filled */
export async function standInServer(latencyMs: number): Promise<CalendarServer> {
  const standIn = await CaldavStandIn.start({ users: USERS, password: PASSWORD });
  standIn.latencyMs = latencyMs;
  return {
    name: `stand-in, ${latencyMs} ms`,
    url: standIn.url,
    password: PASSWORD,
    users: USERS,
    makeCalendar: async (user, name) => void standIn.calendar(user, name),
    addressOf: (user, name) => standIn.addressOf(user, name),
    async fill(user, name, texts) {
      for (const [n, text] of texts.entries()) {
        const { status } = standIn.calendar(user, name).put(`e-${n}.ics`, text, {});
        if (status !== 201) throw new Error(`the stand-in refuses an event: ${status}`);
      }
    },
    texts: async (user, name) => standIn.calendar(user, name).texts,
    stop: () => standIn.stop(),
  };
}

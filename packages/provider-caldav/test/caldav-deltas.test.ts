import type { DocumentPage, HeldDocuments, Session } from "@syncer/core";
import { createTransport, systemClock, systemRandom } from "@syncer/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CaldavEvent, caldav } from "../src/index.ts";
import { ON_THIS_MACHINE } from "./support/caldav-harness.ts";
import { canRun, type DavServer, radicale, tokenOf, xandikos } from "./support/dav-server.ts";
import { DavUser } from "./support/dav-user.ts";
import { sampleEvents } from "./support/sample-events.ts";

for (const kind of [radicale, xandikos]) {
  describe.skipIf(!canRun(kind))(`deltas of ${kind.name}`, { timeout: 30_000 }, () => {
    let server: DavServer;
    let count = 0;

    beforeAll(async () => {
      server = await kind.start();
    }, 30_000);
    afterAll(() => server?.stop());

    async function open() {
      count += 1;
      const containerId = await server.makeCalendar(`deltas-${count}`);
      const provider = caldav({ addresses: ON_THIS_MACHINE });
      const transport = createTransport({ fetch: server.fetch, clock: systemClock(), random: systemRandom });
      const tokens = { current: async () => tokenOf(), renew: async () => tokenOf() };
      const own = { provider, tenantId: "default", connectionId: "one", serverUrl: server.url, tokens };
      const session = transport.session(own);
      const events: HeldDocuments<CaldavEvent> = provider.collections.events as never;
      return { user: new DavUser(server, containerId), ...reading(events, session, containerId) };
    }

    it("tell what was made, edited and deleted since, and nothing else", async () => {
      const { user, list, changes } = await open();
      const ids: string[] = [];
      for (const event of sampleEvents.slice(0, 4)) ids.push(await user.put(event));
      const { token } = await list();
      expect(await changes(token)).toMatchObject({ rows: [] });
      await user.edit(ids[1] ?? "", { title: "Edited" });
      await user.remove(ids[2] ?? "");
      const made = await user.put(sampleEvents[5] ?? never());
      const delta = await changes(token);
      expect(delta.rows).toEqual([`deleted ${ids[2]}`, `listed ${ids[1]}`, `listed ${made}`]);
      expect(await changes(delta.token)).toMatchObject({ rows: [] });
      expect((await list()).rows).toEqual([ids[0], ids[1], ids[3], made].map((id) => `listed ${id}`));
    });

    it("say that a token is no more to be had, whatever it was", async () => {
      const { changes } = await open();
      for (const token of ["sync:http://radicale.org/ns/sync/0000", "sync:no token at all", "ctag:other", "x"]) {
        await expect(changes(token)).rejects.toMatchObject({ failure: { kind: "token-expired" } });
      }
    });
  });
}

function reading({ read }: HeldDocuments<CaldavEvent>, session: Session, containerId: string) {
  const all = async (pages: AsyncIterable<DocumentPage<CaldavEvent>>) => {
    const rows: string[] = [];
    let last = "";
    for await (const { entries, token } of pages) {
      rows.push(...entries.map(({ state, id }) => `${state} ${id}`));
      last = token ?? last;
    }
    return { rows: rows.sort(), token: last };
  };
  return {
    list: () => all(read.list(session, containerId, { pageSize: 2 })),
    changes: (token: string) => all(read.changes?.(session, containerId, token, { pageSize: 2 }) ?? never()),
  };
}

function never(): never {
  throw new TypeError("it is there");
}

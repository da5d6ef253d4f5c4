import { describe, expect, it } from "vitest";
import { inStep } from "./notes-bench.ts";

const USER = { userId: "user-1" } as const;

describe("a connection that is switched off", () => {
  it.each(["left", "right"] as const)(
    "is used by no run, planned or not, until it is switched on again (%s)",
    async (service) => {
      const bench = await inStep(3);
      const engine = bench.engine();
      const [connection] = await engine.connections.list({ ...USER, service });
      const ref = { ...USER, connectionId: connection?.id ?? "" };
      await engine.connections.setEnabled(ref, false);
      bench.left.put({ title: "new" });
      const calls = [bench.left.calls, bench.right.calls];
      const report = await bench.sync({}, "bidirectional", engine);
      expect(report).toMatchObject({ status: "failed", error: { code: "connection.off" } });
      const [planned] = (await engine.plan(bench.request())).pairs;
      expect(planned).toMatchObject({ ok: false, error: { code: "connection.off" } });
      expect([bench.left.calls, bench.right.calls]).toEqual(calls);
      await engine.connections.setEnabled(ref, true);
      expect((await bench.sync({}, "bidirectional", engine)).counts).toMatchObject({ added: 1 });
    },
  );
});

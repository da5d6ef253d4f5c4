import { describe, expect, it } from "vitest";
import type { AnyProvider } from "../../../src/index.ts";
import { NotesBench } from "./notes-bench.ts";

/** A service that says of each write what it could not take. */
function saying(provider: AnyProvider, losses: readonly string[]): AnyProvider {
  const { notes } = provider.collections;
  if (notes?.shape !== "documents" || !notes.write) throw new Error("these are notes that can be written");
  const { write } = notes;
  const told: typeof write = {
    ...write,
    create: async (session, request) => ({ ...(await write.create(session, request)), losses }),
    update: async (session, request) => ({ ...(await write.update(session, request)), losses }),
  };
  return { ...provider, collections: { notes: { ...notes, write: told } } };
}

describe("what a service cannot hold", () => {
  it("is told with each item that is made, beforehand in the plan and in the report", async () => {
    const bench = await new NotesBench({ right: { fields: ["title", "body", "done", "lines", "uid"] } }).open();
    bench.left.putAll([{ title: "plain" }, { title: "tagged", tags: ["Lambarene"] }]);
    const [plan] = (await bench.engine().plan(bench.request())).pairs;
    const planned = plan?.ok ? plan.operations : [];
    expect(planned.map(({ losses }) => losses)).toEqual(expect.arrayContaining([undefined, ["field.tags"]]));
    const report = await bench.sync();
    const lost = report.items.map(({ item, losses }) => [Reflect.get(item ?? {}, "title"), losses]);
    expect(new Map(lost as [string, unknown][])).toEqual(
      new Map<string, unknown>([
        ["plain", undefined],
        ["tagged", ["field.tags"]],
      ]),
    );
  });

  it("is told of an edit, too, in the provider's own words", async () => {
    const bench = await new NotesBench().open();
    const providers = [bench.left.provider(), saying(bench.right.provider(), ["reminder.email", "reminder.email"])];
    const engine = bench.engine({ providers });
    const id = bench.left.put({ title: "note", body: "first" });
    expect((await bench.sync({}, "bidirectional", engine)).items[0]?.losses).toEqual(["reminder.email"]);
    bench.left.edit(id, { body: "second" });
    expect((await bench.sync({}, "bidirectional", engine)).items).toMatchObject([
      { kind: "updated", losses: ["reminder.email"] },
    ]);
    expect(JSON.stringify(await bench.dump())).not.toContain("reminder.email");
  });
});

import { describe, expect, it } from "vitest";
import { failureOf, notesBench, operationId } from "./support/notes-bench.ts";

describe("creating", () => {
  it("answers with what a read shows", async () => {
    const { notes, session, create } = notesBench();
    const made = await create({ title: "Milk", tags: ["home"], lines: ["one", "one"] });
    expect(await notes.read.get(session, made.id)).toEqual({ state: "found", ...made });
    expect(notes.toUniversal(made.native)).toEqual({
      title: "Milk",
      body: "",
      done: null,
      tags: ["home"],
      lines: ["one", "one"],
    });
  });

  it("refuses an operation that has created, and leaves one document", async () => {
    const { create, titles } = notesBench();
    expect((await create({ title: "Milk" })).id).toBe(operationId("create"));
    expect(await failureOf(create({ title: "Milk" }))).toBe("already-there");
    expect(titles()).toEqual(["Milk"]);
  });

  it("answers a repeated operation with what is there, under the operation's id or its own", async () => {
    for (const repeats of ["answered", "answered-by-key"] as const) {
      const { create, service, titles } = notesBench({ repeats });
      const { id } = await create({ title: "Milk" });
      expect(id).toBe(repeats === "answered" ? operationId("create") : "paper-1");
      service.edit(id, { body: "two pints" });
      expect(await create({ title: "Milk" })).toMatchObject({ id, native: { text: "two pints" } });
      expect(titles()).toEqual(["Milk"]);
    }
  });

  it("uses the id of a deleted document again, or never again", async () => {
    const free = notesBench();
    free.service.remove((await free.create({ title: "Milk" })).id);
    expect(await free.create({ title: "Milk" })).toMatchObject({ id: operationId("create") });

    const taken = notesBench({ deletedIds: "taken" });
    taken.service.remove((await taken.create({ title: "Milk" })).id);
    expect(await failureOf(taken.create({ title: "Milk" }))).toBe("already-there");
    taken.service.emptyBin();
    expect(await failureOf(taken.create({ title: "Milk" }))).toBe("no failure");
  });

  it("keeps a marker through the user's edits, and makes a second document of a repetition", async () => {
    const { create, service, rows } = notesBench({ identity: "marker" });
    const { id, marker } = await create({ title: "Milk" });
    expect(marker).toBe(operationId("create"));
    service.edit(id, { title: "Oat milk" });
    await create({ title: "Milk" });
    expect(await rows()).toMatchObject([
      { id: "paper-1", marker: operationId("create") },
      { id: "paper-2", marker: operationId("create") },
    ]);
  });

  it("knows nothing again without identity", async () => {
    const { create, rows } = notesBench({ identity: "none" });
    await create({ title: "Milk" });
    await create({ title: "Milk" });
    const found = await rows();
    expect(found).toHaveLength(2);
    for (const row of found) expect(row).not.toHaveProperty("marker");
  });

  it("takes no more than it has room for, from anybody", async () => {
    const { create, service } = notesBench({ maxItems: 1 });
    service.put({ title: "Milk" });
    expect(await failureOf(create({ title: "Bread" }))).toBe("collection-full");
    expect(() => service.put({ title: "Bread" })).toThrow(RangeError);
  });

  it("refuses for good what it does not like, with a code", async () => {
    const { create } = notesBench({ refuse: ({ fields }) => (fields.title === "Milk" ? "no-milk" : undefined) });
    await expect(create({ title: "Milk" })).rejects.toMatchObject({ failure: { kind: "invalid", reason: "no-milk" } });
    await expect(create({ title: "Bread" })).resolves.toMatchObject({ native: { heading: "Bread" } });
  });
});

describe("updating", () => {
  const update = { item: { title: "Oat milk" }, operationId: operationId("update") };

  it("changes the given fields, the version and the time, and nothing else", async () => {
    const { notes, session, create, clock } = notesBench();
    const { id, native, version, modifiedAtMs } = await create({ title: "Milk", body: "two pints" });
    await clock.sleep(1_000);
    const updated = await notes.write.update(session, { id, ...update, previous: native });
    expect(updated).toMatchObject({ native: { heading: "Oat milk", text: "two pints" } });
    expect(updated.version).not.toBe(version);
    expect(updated.modifiedAtMs).toBe((modifiedAtMs ?? 0) + 1_000);
    expect(await notes.read.get(session, id)).toEqual({ state: "found", ...updated });
  });

  it("is refused when the version has moved, and is not when nobody looks at versions", async () => {
    for (const preconditions of ["conditional", "none"] as const) {
      const { notes, session, create, service, titles } = notesBench({ preconditions });
      const { id, native, version = "" } = await create({ title: "Milk" });
      service.touch(id);
      const late = notes.write.update(session, { id, ...update, previous: native, ifVersion: version });
      expect(await failureOf(late)).toBe(preconditions === "conditional" ? "version-moved" : "no failure");
      expect(titles()).toEqual([preconditions === "conditional" ? "Milk" : "Oat milk"]);
    }
  });

  it("brings old fields back where whole documents are replaced", async () => {
    const { notes, session, create, service } = notesBench({ updates: "replace", preconditions: "none" });
    const { id, native } = await create({ title: "Milk", body: "two pints" });
    service.edit(id, { body: "three pints" });
    await notes.write.update(session, { id, ...update, previous: native });
    expect(service.get(id)).toMatchObject({ title: "Oat milk", body: "two pints" });
  });

  it("finds nothing to update where nothing is", async () => {
    const { notes, session } = notesBench();
    const late = notes.write.update(session, { id: "paper-1", ...update, previous: { key: "paper-1" } });
    expect(await failureOf(late)).toBe("not-found");
  });
});

describe("deleting", () => {
  const operation = { operationId: operationId("delete") };

  it("leaves nothing to read, and nothing to delete", async () => {
    const { notes, session, service, ids } = notesBench();
    const id = service.put({ title: "Milk" });
    await notes.write.delete(session, { id, ...operation });
    expect(await notes.read.get(session, id)).toEqual({ state: "gone" });
    expect(await ids()).toEqual([]);
    expect(await failureOf(notes.write.delete(session, { id, ...operation }))).toBe("not-found");
  });

  it("is refused when the version has moved", async () => {
    const { notes, session, create, service, titles } = notesBench();
    const { id, version = "" } = await create({ title: "Milk" });
    service.edit(id, { title: "Oat milk" });
    expect(await failureOf(notes.write.delete(session, { id, ...operation, ifVersion: version }))).toBe(
      "version-moved",
    );
    expect(titles()).toEqual(["Oat milk"]);
  });
});

describe("what is written", () => {
  it("is what the service makes of it", async () => {
    const { create, service } = notesBench({
      normalise: ({ title, tags, ...others }) => ({
        ...others,
        ...(title === undefined ? {} : { title: title.toUpperCase() }),
        ...(tags ? { tags: [...tags].sort() } : {}),
      }),
    });
    expect(await create({ title: "Milk", tags: ["b", "a"] })).toMatchObject({
      native: { heading: "MILK", labels: ["a", "b"] },
    });
    expect(service.get(service.put({ title: "Bread" }))).toMatchObject({ title: "BREAD" });
  });

  it("loses the fields that the service cannot hold, and an engine may not write them", async () => {
    const { create, service, rows } = notesBench({ fields: ["title", "tags"] });
    service.put({ title: "Milk", body: "two pints", uid: "uid-1" });
    expect(await rows()).toMatchObject([{ native: { key: "paper-1", heading: "Milk", labels: [] } }]);
    expect((await rows())[0]).not.toHaveProperty("native.text");
    await expect(create({ title: "Bread", body: "rye" })).rejects.toThrow(RangeError);
    service.adopt({ fields: ["title", "body", "uid"] });
    expect(await rows()).toEqual([expect.objectContaining({ native: { key: "paper-1", heading: "Milk", text: "" } })]);
  });

  it("has the service's own uid where it takes no other, and never another later", async () => {
    expect((await notesBench().create({ title: "Milk", uid: "uid-1" })).native.global).toBe("uid-1");
    const { create, notes, session } = notesBench({ uids: "own" });
    const { id, native } = await create({ title: "Milk", uid: "uid-1" });
    expect(native.global).toBe("paper-uid-1");
    const update = { id, item: { uid: "uid-2" }, operationId: operationId("update"), previous: native };
    await expect(notes.write.update(session, update)).rejects.toThrow(RangeError);
  });

  it("has to be a note, written by a proper operation", async () => {
    const { notes, session, create, service } = notesBench();
    // @ts-expect-error as an engine with a bug would
    await expect(create({ title: 7 })).rejects.toThrow(RangeError);
    // @ts-expect-error as an engine with a bug would
    await expect(create({ colour: "red" })).rejects.toThrow(RangeError);
    const item = { title: "Milk" };
    await expect(notes.write.create(session, { item, operationId: "short" })).rejects.toThrow(RangeError);
    expect(service.writeCalls).toBe(0);
  });

  it("cannot be changed through what was given or answered", async () => {
    const { create, service } = notesBench();
    const tags = ["home"];
    const { id, native } = await create({ title: "Milk", tags });
    tags.push("shop");
    expect(service.get(id)?.tags).toEqual(["home"]);
    expect(() => Object.assign(native, { heading: "Bread" })).toThrow(TypeError);
    expect(() => (native.labels as string[]).push("shop")).toThrow(TypeError);
    expect(() => (native.rows as string[]).push("two")).toThrow(TypeError);
  });

  it("is logged with its writer", async () => {
    const { create, service, clock } = notesBench();
    const { id } = await create({ title: "Milk" });
    service.edit(id, { title: "Oat milk" });
    service.remove(id);
    const atMs = clock.now();
    expect(service.log).toMatchObject([
      { turn: 1, atMs, by: "sync", kind: "create", id, operationId: operationId("create"), after: { title: "Milk" } },
      { turn: 2, by: "user", kind: "update", id, before: { title: "Milk" }, after: { title: "Oat milk" } },
      { turn: 3, by: "user", kind: "delete", id, before: { title: "Oat milk" } },
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { type PairReport, serviceError } from "../../../src/index.ts";
import type { Passing } from "../support/invented-service.ts";
import { inStep, quiet } from "./support/in-step.ts";
import { lostAnswer, type RackList } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

const DAY_MS = 24 * 60 * 60_000;

describe("what only the side that is written has", () => {
  it("is looked for nowhere once a pair is one-way, and no list is read for it", async () => {
    // The right service has no O.
    const { bench } = await inStep("AO");
    const back = async () => {
      await bench.clock.advance(2 * DAY_MS);
      return await bench.sync("sync-to", { propagation: "additive" });
    };
    await back();
    await back();
    const { left, right } = bench;
    const pages = [left.calls.list, right.calls.list];
    expect(await back()).toMatchObject({ status: "succeeded", items: [] });
    expect([left.calls.list, right.calls.list]).toEqual(pages);
  });
});

describe("what was looked for in vain and came by itself", () => {
  it("is looked for no more, and no list is read for it", async () => {
    const { bench, shown, set } = await inStep("AB");
    const { left, right } = bench;
    // Nobody finds the left C as long as the service does not know it.
    const song = left.catalogue.get("left-C");
    if (!song) throw new Error("there is no C");
    (left.catalogue as Map<string, typeof song>).delete("left-C");
    set("right", "ABC");
    expect((await bench.sync()).counts).toMatchObject({ notFound: 1 });
    (left.catalogue as Map<string, typeof song>).set("left-C", song);
    set("left", "ABC");
    expect((await bench.sync()).counts).toMatchObject({ linked: 1 });
    expect(shown()).toEqual({ left: "ABC", right: "ABC" });
    await bench.clock.advance(2 * DAY_MS);
    await bench.sync();
    const pages = [left.calls.list, right.calls.list];
    expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
    expect([left.calls.list, right.calls.list]).toEqual(pages);
  });
});

describe("a list that is made and hidden by two calls", () => {
  it("is made once, also if the service does not let it be hidden at first", async () => {
    const bench = await new RackBench({ right: "whole-order" }).open();
    const list = bench.left.put("Thoughts", entriesOn("left", "AB"), { public: false });
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.update")
        throw serviceError("right", "/lists", 400, { kind: "invalid", reason: "busy" });
    };
    await bench.sync();
    // Were it not known for ours, it would be another list from now on.
    list.name = "Diary";
    list.version++;
    await bench.clock.advance(2 * DAY_MS);
    await bench.sync();
    bench.right.passing = () => {};
    await bench.clock.advance(30 * DAY_MS);
    await bench.sync();
    expect(bench.right.lists.size).toBe(1);
    const diary = bench.right.named("Diary");
    expect([diary.public, lettersOf(diary)]).toEqual([false, "AB"]);
    await quiet(bench);
  });

  it("is hidden before anything is in it, also if nobody heard that it was made", async () => {
    const bench = await new RackBench({ right: "whole-order" }).open();
    bench.left.put("Diary", entriesOn("left", "AB"), { public: false });
    bench.right.passing = (when, what) => {
      if (when === "after" && what === "right.create") throw lostAnswer("right");
    };
    await bench.sync();
    expect(bench.right.named("Diary").public).toBe(true);
    let seen: unknown;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert") seen = bench.right.named("Diary").public;
    };
    await bench.sync();
    await bench.sync();
    const diary = bench.right.named("Diary");
    expect([seen, diary.public, lettersOf(diary)]).toEqual([false, false, "AB"]);
    expect(bench.left.named("Diary").public).toBe(false);
    await quiet(bench);
  });

  it.each([
    ["nobody heard that it was hidden", () => lostAnswer("right")],
    ["it could not be hidden", () => serviceError("right", "/lists", 400, { kind: "invalid", reason: "busy" })],
  ])("is not filled if %s, until it is", async (_, failure) => {
    const bench = await new RackBench({ right: "whole-order" }).open();
    bench.left.put("Diary", entriesOn("left", "AB"), { public: false });
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.update") throw failure();
    };
    const diary = async () => {
      const { status } = await bench.sync();
      return [status, bench.right.named("Diary").public, lettersOf(bench.right.named("Diary"))];
    };
    expect(await diary()).toEqual(["partial", true, ""]);
    expect(await diary()).toEqual(["partial", true, ""]);
    bench.right.passing = () => {};
    // What was refused is not asked for again at once.
    await bench.clock.advance(8 * DAY_MS);
    expect(await diary()).toEqual(["succeeded", false, "AB"]);
    await quiet(bench);
  });

  it("goes on being filled if its user hides the original later, and the service does not let it be hidden", async () => {
    const { bench, lists, shown, set } = await inStep("AB", "bidirectional", new RackBench({ right: "whole-order" }));
    const share = async (isPublic: boolean) => {
      lists().left.public = isPublic;
      lists().left.version++;
      await bench.sync();
    };
    await share(true);
    expect(lists().right.public).toBe(true);
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.update")
        throw serviceError("right", "/lists", 400, { kind: "invalid", reason: "busy" });
    };
    set("left", "ABC");
    await share(false);
    expect([lists().right.public, shown().right]).toEqual([true, "ABC"]);
  });

  it.each([
    ["owned", "Journal"],
    // Its owner alone says who sees it.
    ["shared", "Diary"],
  ] as const)("is filled if it is something else that its original refuses: %s", async (access, name) => {
    const bench = await new RackBench().open();
    const original = bench.left.put("Diary", entriesOn("left", "AB"), { public: true, access });
    bench.left.longestName = 5;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.list-lists" && bench.right.lists.size > 0) throw bench.deferral("right");
    };
    await bench.sync();
    bench.right.passing = () => {};
    const copy = bench.right.named("Diary");
    Object.assign(copy, { name, public: name !== "Diary", version: 2 });
    expect(lettersOf(copy)).toBe("");
    await bench.clock.advance(2 * 60_000);
    await bench.sync();
    expect([original.name, original.public, lettersOf(copy)]).toEqual(["Diary", true, "AB"]);
  });

  it("is known for ours between the two, also where a listing does not show it yet", async () => {
    const bench = await new RackBench({ right: "whole-order" }).open();
    const { left, right } = bench;
    const sunday = left.put("Sunday", entriesOn("left", "AB"));
    await bench.sync();
    left.put("Diary", entriesOn("left", "C"), { public: false });
    sunday.name = "Monday";
    sunday.version++;
    let made: RackList | undefined;
    right.passing = (when, what) => {
      if (when === "after" && what === "right.create") made = right.named("Diary");
      if (when !== "before" || !made) return;
      if (what === "right.list-lists") right.lists.delete(made.id);
      else right.lists.set(made.id, made);
    };
    const report = await bench.sync();
    right.passing = () => {};
    expect(report).toMatchObject({ counts: { refused: 0 } });
    expect(right.calls.create).toBe(2);
    expect([right.named("Diary").public, right.named("Monday").public]).toEqual([false, false]);
  });
});

describe("copies that could not be put back, because the service has withdrawn the song", () => {
  it("stay, and go once it is there again", async () => {
    const { bench, shown, set } = await inStep("ABACA");
    bench.right.unreadable.add("right-A");
    set("left", "ABCDA");
    await bench.sync();
    // A removal would take all three.
    expect(shown().right).toBe("ABACDA");
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCDA", right: "ABACDA" });
    bench.right.unreadable.clear();
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCDA", right: "ABCDA" });
    await quiet(bench);
  });
});

describe("a further copy of a song", () => {
  it("waits where the service has withdrawn the song, is not tried there, and comes once it is back", async () => {
    const { bench, shown, set } = await inStep("ABC");
    bench.right.unreadable.add("right-C");
    set("left", "CABC");
    const { writes } = bench.right;
    await bench.sync();
    await bench.clock.advance(2 * DAY_MS);
    await bench.sync();
    expect(bench.right.writes).toBe(writes);
    expect(shown()).toEqual({ left: "CABC", right: "ABC" });
    bench.right.unreadable.clear();
    await bench.sync();
    expect(shown()).toEqual({ left: "CABC", right: "CABC" });
    await quiet(bench);
  });

  it("is not taken for removed where the service did not take it", async () => {
    const { bench, shown, set } = await inStep("ABC");
    bench.right.refused.add("right-C");
    set("left", "CADBC");
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "partial", counts: { added: 1, refused: 1 } });
    expect(report.items.map(({ reason }) => reason?.code)).toContain("refused.by-service");
    set("left", "CAEDBC");
    await bench.sync();
    expect(shown().left).toBe("CAEDBC");
    expect([...shown().right].sort().join("")).toBe("ABCDE");
    bench.right.refused.clear();
    await bench.sync();
    expect(shown()).toEqual({ left: "CAEDBC", right: "CAEDBC" });
    await quiet(bench);
  });
});

describe("two copies of a new song, of which the service takes one", () => {
  it("stay both where they are", async () => {
    const { bench, shown, set } = await inStep("ABC");
    set("left", "DABCD");
    let calls = 0;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert" && ++calls === 2) bench.right.refused.add("right-D");
    };
    expect(await bench.sync()).toMatchObject({ status: "partial", counts: { added: 1, refused: 1 } });
    expect(shown()).toEqual({ left: "DABCD", right: "DABC" });
    await bench.sync();
    bench.right.passing = () => {};
    bench.right.refused.clear();
    await bench.sync();
    expect(shown()).toEqual({ left: "DABCD", right: "DABCD" });
    await quiet(bench);
  });
});

describe("what could not be read for a while", () => {
  it("is looked at once a day, whatever the version of the list says", async () => {
    const { bench, shown, set } = await inStep("ABC");
    bench.right.unreadable.add("right-D");
    set("right", "DABC");
    await bench.sync();
    bench.right.unreadable.clear();
    await bench.sync();
    expect(shown().left).toBe("ABC");
    await bench.clock.advance(DAY_MS);
    await bench.sync();
    expect(shown().left).toBe("DABC");
    await quiet(bench);
  });
});

describe("what a user removed while its service had withdrawn it", () => {
  it("is asked for once a day, and goes from the other side once the service has it again", async () => {
    const { bench, shown, set } = await inStep("ABC");
    bench.right.takenDown.add("right-B");
    set("right", "AC");
    await bench.sync();
    expect(shown().left).toBe("ABC");
    bench.right.takenDown.clear();
    await bench.sync();
    expect(shown().left).toBe("ABC");
    await bench.clock.advance(DAY_MS);
    await bench.sync();
    expect(shown()).toEqual({ left: "AC", right: "AC" });
    await quiet(bench);
  });
});

describe("what a run has written while something else has to wait", () => {
  it("is no wish of anybody's when the other is known again: what was put back stays", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    // Both users remove C; the right one removes D too, which the left service lists without an id.
    bench.left.takenDown.add("left-D");
    set("left", "AB.");
    set("right", "AB");
    await bench.sync();
    set("left", "AB.C");
    await bench.sync();
    expect(shown()).toEqual({ left: "AB.C", right: "ABC" });
    bench.left.takenDown.clear();
    set("left", "ABDC");
    await bench.sync();
    expect(shown()).toEqual({ left: "ABC", right: "ABC" });
    await quiet(bench);
  });

  it("is counted once where removals are held: a copy less on one side, and one more on the other", async () => {
    const { bench, shown, set } = await inStep("ABCDEFGG");
    set("left", "GABCDEFGG");
    set("right", "G");
    expect(await bench.sync()).toMatchObject({ status: "held" });
    const copies = (letters: string) => letters.replace(/[^G]/g, "");
    expect(copies(shown().left + shown().right)).toBe("GGGG");
    set("left", `${shown().left}H`);
    await bench.sync();
    expect(copies(shown().left + shown().right)).toBe("GGGG");
  });
});

describe("a plan that is applied after a call was lost", () => {
  it("is carried out for the other lists, if the one that the call was about is gone", async () => {
    const { bench, set, lists } = await inStep("ABC");
    bench.left.put("Tuesday", entriesOn("left", "GH"));
    await bench.sync();
    set("left", "ABCD");
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert") throw lostAnswer("right");
    };
    await bench.sync();
    bench.right.passing = () => {};
    bench.left.edit(bench.left.named("Tuesday"), (entries) => entries.push("left-I"));
    await bench.clock.advance(1);
    const engine = bench.engine();
    const plan = await engine.plan(bench.request());
    bench.right.lists.delete(lists().right.id);
    const [report] = (await engine.apply(plan)).pairs;
    expect(report?.error).toBeUndefined();
    expect(lettersOf(bench.right.named("Tuesday"))).toBe("GHI");
    expect((await bench.sync()).status).toBe("succeeded");
  });
});

describe("a song whose copies were taken to be put back, and could not be", () => {
  async function cutOff(fails: () => Error) {
    const { bench, shown, set } = await inStep("AAB");
    set("right", "AAAB");
    bench.left.passing = (when, what) => {
      if (when === "before" && what === "left.insert") throw lostAnswer("left");
    };
    await bench.sync();
    bench.left.passing = () => {};
    set("left", "AB");
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert") throw fails();
    };
    await bench.sync();
    // The other side has got its copy back in the same run.
    expect(shown()).toEqual({ left: "AAB", right: "B" });
    bench.right.passing = () => {};
    await bench.sync();
    expect(shown()).toEqual({ left: "AAB", right: "AAB" });
    await quiet(bench);
  }

  it("is not taken for removed, whatever of it comes to the other side meanwhile", async () => {
    await cutOff(() => lostAnswer("right"));
  });

  it("is not, either, where the service does not take it for a while", async () => {
    await cutOff(() => serviceError("right", "/lists", 400, { kind: "invalid", reason: "busy" }));
  });
});

describe("a rearrangement that is cut off after it has moved what has no id", () => {
  it("is known for ours, although such entries are told apart by their order only", async () => {
    const { bench, shown, set } = await inStep("ABCDEF");
    const options = { conflictPolicy: "target-wins" } as const;
    set("right", "A.B.CDEF");
    await bench.sync("bidirectional", options);
    set("left", "BADCEF");
    let calls = 0;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.move" && ++calls === 2) throw lostAnswer("right");
    };
    await bench.sync("bidirectional", options);
    expect(shown().right).toBe("B.A.CDEF");
    bench.right.passing = () => {};
    await bench.sync("bidirectional", options);
    expect(shown()).toEqual({ left: "BADCEF", right: "B.A.DCEF" });
    await quiet(bench);
  });
});

describe("copies that a removal has taken all of", () => {
  it("are put back though a user has been there, and are not taken for removed by who comes next", async () => {
    const { bench, shown, set } = await inStep("AA");
    const lose = (call: string, moment: "before" | "after") => {
      const lost: Passing = (when, what) => {
        if (when === moment && what === call) throw lostAnswer(call);
      };
      bench.left.passing = lost;
      bench.right.passing = lost;
    };
    set("left", "A");
    lose("right.remove", "after");
    await bench.sync();
    expect(shown()).toEqual({ left: "A", right: "" });
    set("right", "G");
    lose("left.insert", "before");
    await bench.sync();
    expect(shown()).toEqual({ left: "A", right: "AG" });
    lose("nothing", "before");
    await bench.sync();
    expect(shown()).toEqual({ left: "AG", right: "AG" });
    await quiet(bench);
  });
});

describe("copies that go one after another", () => {
  it("do not come back where a run ends between them", async () => {
    const bench = new RackBench();
    bench.right.removesEntries = true;
    bench.right.perCall = 1;
    const { shown, set } = await inStep("ABCA", "bidirectional", bench);
    set("left", "BC");
    let calls = 0;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.remove" && ++calls === 2) throw lostAnswer("right");
    };
    await bench.sync();
    expect(shown().right).toBe("ABC");
    bench.right.passing = () => {};
    await bench.sync();
    expect(shown()).toEqual({ left: "BC", right: "BC" });
    await quiet(bench);
  });
});

describe("a listing that does not show our own last calls yet", () => {
  async function moving(windowMs: number) {
    const bench = new RackBench();
    bench.right.consistencyWindowMs = windowMs;
    const { shown, set, lists } = await inStep("ABCDEFGH", "bidirectional", bench);
    await bench.clock.advance(windowMs);
    await bench.sync();
    set("left", "HBFDGCEA");
    const { right } = lists();
    const before = [...right.entries];
    let calls = 0;
    bench.right.passing = (when, what) => {
      if (what !== "right.move") return;
      if (when === "before" && ++calls === 2) bench.right.stale = undefined;
      if (when === "after" && calls === 1) bench.right.stale = new Map([[right.id, before]]);
    };
    const { "list-lists": looks = 0 } = bench.right.calls;
    const report = await bench.sync();
    // One for the plan and one before it is carried out; more if it was planned anew.
    return { shown, report, looks: (bench.right.calls["list-lists"] ?? 0) - looks };
  }

  it("is no sign of anybody else, within the time that the service declares", async () => {
    const { shown, report, looks } = await moving(60_000);
    expect([report.status, looks]).toEqual(["succeeded", 2]);
    expect(shown().right).toBe("HBFDGCEA");
  });

  it("and is one where a service declares none", async () => {
    expect((await moving(0)).looks).toBeGreaterThan(2);
  });
});

describe("what is held in a list that a run does not get to", () => {
  const confirm = async (bench: RackBench, report: PairReport | undefined) => {
    const [contents] = report?.heldContents ?? [];
    if (!contents) throw new Error("nothing is held");
    await bench.engine().confirm({ userId: "user-1", pairId: contents.pairId, planHash: contents.hold.hash });
  };

  it("can be confirmed, if the list is not there for a moment", async () => {
    const { bench, lists, set, shown } = await inStep("ABCDEFGHIJKLM");
    const { right } = lists();
    set("left", "ABCN");
    await bench.clock.advance(1);
    const engine = bench.engine();
    const plan = await engine.plan(bench.request());
    bench.right.lists.delete(right.id);
    const [report] = (await engine.apply(plan)).pairs;
    bench.right.lists.set(right.id, right);
    await confirm(bench, report);
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCN", right: "ABCN" });
  });

  it("can be confirmed, if a service asks for quiet before it", async () => {
    const { bench, set } = await inStep("A");
    const tuesday = bench.left.put("Tuesday", entriesOn("left", "ABCDEFGHIJKLM"));
    await bench.sync();
    set("left", "AB");
    bench.left.edit(tuesday, (entries) => entries.splice(3));
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert") throw bench.deferral("right");
    };
    const report = await bench.sync();
    expect(report.status).toBe("deferred");
    bench.right.passing = () => {};
    await confirm(bench, report);
    await bench.clock.advance(2 * 60_000);
    await bench.sync();
    expect(lettersOf(bench.right.named("Tuesday"))).toBe("ABC");
  });
});

function loseCalls({ left, right }: RackBench, call: string, moment: "before" | "after"): void {
  const lost: Passing = (when, what) => {
    if (when === moment && what === call) throw lostAnswer(call);
  };
  left.passing = lost;
  right.passing = lost;
}

describe("copies on both sides", () => {
  it("are put back although the other side, too, has been written meanwhile", async () => {
    const { bench, shown, set } = await inStep("AA");
    set("left", "A");
    set("right", "AAA");
    loseCalls(bench, "right.insert", "before");
    await bench.sync();
    expect(shown()).toEqual({ left: "AA", right: "" });
    loseCalls(bench, "nothing", "before");
    await bench.sync();
    expect(shown()).toEqual({ left: "AA", right: "AA" });
    await quiet(bench);
  });

  it("are no longer to be put back once they are on both, and can be removed", async () => {
    const { bench, shown, set } = await inStep("AAB");
    set("left", "AB");
    set("right", "AAAB");
    await bench.sync();
    expect(shown()).toEqual({ left: "AAB", right: "AAB" });
    set("right", "B");
    await bench.sync();
    expect(shown()).toEqual({ left: "B", right: "B" });
  });

  it("stay on the side that has one more, and are put on the other once it takes it", async () => {
    const { bench, shown, set } = await inStep("AB");
    bench.right.refused.add("right-A");
    set("left", "AAB");
    await bench.sync();
    expect(shown()).toEqual({ left: "AAB", right: "AB" });
    set("left", "AABC");
    await bench.sync();
    expect(shown()).toEqual({ left: "AABC", right: "ABC" });
    bench.right.refused.clear();
    set("left", "AABCD");
    await bench.sync();
    expect(shown()).toEqual({ left: "AABCD", right: "AABCD" });
    await quiet(bench);
  });
});

describe("a list that is shown empty for a while", () => {
  it("keeps its order on record, so that what is moved meanwhile on the other side is followed", async () => {
    const { bench, shown, set } = await inStep("ABC");
    set("left", "");
    expect((await bench.sync()).status).toBe("held");
    expect(shown().right).toBe("ABC");
    set("left", "ABC");
    set("right", "BAC");
    await bench.sync();
    expect(shown()).toEqual({ left: "BAC", right: "BAC" });
  });
});

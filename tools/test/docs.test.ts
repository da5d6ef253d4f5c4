import { conflictPolicies, decide, decisionTables } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { conflictPolicyTable } from "../docs/conflict-policies.ts";
import { oneWayTable, twoWayTable } from "../docs/decision-tables.ts";
import { withBlocks } from "../docs/made-blocks.ts";

describe("withBlocks", () => {
  const page = "# A\n\n<!-- made: one -->\nold\n\nolder\n<!-- end -->\n\ntext\n\n<!-- made: two -->\n<!-- end -->\n";

  it("replaces what was made before and leaves the rest of the page", () => {
    const made = withBlocks(page, { one: ["a", "b"], two: ["c"] });
    expect(made).toBe("# A\n\n<!-- made: one -->\na\nb\n<!-- end -->\n\ntext\n\n<!-- made: two -->\nc\n<!-- end -->\n");
    expect(withBlocks(made, { one: ["a", "b"], two: ["c"] })).toBe(made);
  });

  it("refuses a block without a place, and a place without a block", () => {
    expect(() => withBlocks(page, { one: [], two: [], three: [] })).toThrow("no place for: three");
    expect(() => withBlocks(page, { one: [] })).toThrow('a place for "two"');
  });
});

describe("made tables", () => {
  it("show every row of the two-way table", () => {
    expect(twoWayTable()).toHaveLength(2 + decisionTables["two-way"].length);
    expect(twoWayTable()).toContain("| `~` | `=` | linked | update B from A |");
  });

  it("show exactly the rows in which a one-way table differs", () => {
    const rows = oneWayTable().slice(2);
    expect(rows).toContain("| `0` | `+` | none | create on A | nothing | nothing | delete on B, under the guard |");
    const differing = decisionTables["two-way"].filter(({ a, b, link, action }) => {
      if (a === "*" || b === "*" || link === "*") return false;
      return (["additive", "mirror", "prune"] as const).some((table) => decide(table, a, b, link) !== action);
    });
    expect(rows).toHaveLength(differing.length);
  });

  it("show each policy, and where the later change decides", () => {
    const rows = conflictPolicyTable().slice(2);
    expect(rows).toHaveLength(conflictPolicies.length);
    expect(rows.filter((row) => row.includes("later"))).toHaveLength(1);
    expect(rows.find((row) => row.startsWith("| `target-wins`"))).toContain("| the source becomes the target's |");
  });
});

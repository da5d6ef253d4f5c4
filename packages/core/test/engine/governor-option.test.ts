import { describe, expect, it } from "vitest";
import {
  ConfigurationError,
  createSyncEngine,
  type Governor,
  memoryStorage,
  type Session,
  sharedGovernor,
} from "../../src/index.ts";
import { heldEncryption } from "../support/held-encryption.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { getTrack, providerOf } from "../transport/support/transport-lab.ts";

function engineWith(governor: Governor, storage = memoryStorage(), clock = virtualClock({ autoAdvance: true })) {
  const encryption = heldEncryption(clock);
  const provider = {
    ...providerOf(),
    health: async (session: Session) => {
      await session.http.request(getTrack());
      return { status: "healthy" } as const;
    },
  };
  const answer = async () => Response.json({ id: "t1" });
  return createSyncEngine({ providers: [provider], storage, clock, encryption, governor, fetch: answer });
}

const problemsOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
};

describe("a governor that a host brings", () => {
  it("is refused if it is none, with all the rest", () => {
    const wrong = {} as Governor;
    expect(problemsOf(() => engineWith(wrong))).toMatchObject([{ path: "governor" }]);
    expect(problemsOf(() => sharedGovernor({} as never))).toMatchObject([{ path: "sharedGovernor.storage" }]);
    expect(problemsOf(() => sharedGovernor(undefined as never))).toMatchObject([{ path: "sharedGovernor.storage" }]);
  });

  it("is asked for every request", async () => {
    const clock = virtualClock({ autoAdvance: true });
    const storage = memoryStorage();
    const shared = sharedGovernor({ storage, clock });
    const asked: string[] = [];
    const engine = engineWith(
      {
        ...shared,
        run: (budget, claim, work) => {
          asked.push(budget.service);
          return shared.run(budget, claim, work);
        },
      },
      storage,
      clock,
    );
    await engine.migrate();
    await engine.checkHealth("fake");
    expect(asked).toEqual(["fake"]);
    expect(await storage.select({ table: "service_limits" })).toMatchObject([{ service: "fake", closed_until: 0 }]);
  });
});

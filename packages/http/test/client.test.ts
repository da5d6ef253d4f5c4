import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { clientTypes } from "../../../tools/client-types.ts";
import { type ApiSchemas, createClient, type SyncerClient } from "../src/client.ts";
import { createLab, type Lab, ORIGIN } from "./support/lab.ts";

let lab: Lab;
let client: SyncerClient;
beforeAll(async () => {
  lab = await createLab();
  await lab.connected();
  client = createClient({
    baseUrl: `${ORIGIN}/api`,
    headers: { "x-test-user": "anna" },
    fetch: (request) => lab.handler.fetch(request),
  });
});

describe("the typed client", () => {
  it("has the types of today's description", async () => {
    const committed = readFileSync(new URL("../src/api.generated.ts", import.meta.url), "utf8");
    expect(await clientTypes(), "npm run generate:client").toBe(committed);
  });

  it("asks and is answered in types", async () => {
    const { data, response } = await client.GET("/services");
    expect(response.status).toBe(200);
    expectTypeOf(data?.services).toEqualTypeOf<ApiSchemas["Service"][] | undefined>();
    expect(data?.services.map(({ name }) => name)).toEqual(["spotify", "deezer"]);
    const made = await client.POST("/pairs", {
      body: {
        pair: { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" },
        sync_type: "favorites",
      },
    });
    const id = made.data?.id ?? "";
    const plan = await client.POST("/plans", { body: { pair_id: id } });
    expect(plan.data).toMatchObject({ pair_id: id, state: "planning" });
    const one = await client.GET("/plans/{id}", { params: { path: { id: plan.data?.id ?? "" } } });
    expectTypeOf(one.data?.state).toEqualTypeOf<ApiSchemas["StoredPlan"]["state"] | undefined>();
    expect(one.data?.id).toBe(plan.data?.id);
  });

  it("is told what went wrong as a problem with its code", async () => {
    const { data, error } = await client.GET("/pairs/{id}", { params: { path: { id: "none" } } });
    expect(data).toBeUndefined();
    expectTypeOf(error?.code).toEqualTypeOf<string | undefined>();
    expect(error).toMatchObject({ status: 404, code: "pair.unknown" });
  });

  it("does not compile with what the API does not take", () => {
    void (() => {
      // @ts-expect-error there is no such route
      void client.GET("/nothing");
      // @ts-expect-error a pair is named by its id
      void client.POST("/plans", { body: { pair: "x" } });
      // @ts-expect-error the route has no such method
      void client.POST("/services");
    });
    expect(client).toBeDefined();
  });
});

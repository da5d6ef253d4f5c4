import { createConfig, lintDocument, makeDocumentFromString } from "@redocly/openapi-core";
import { expect, it } from "vitest";
import { createLab } from "./support/lab.ts";

it("the description is OpenAPI 3.1 that a public linter has nothing against", async () => {
  const { handler, call } = await createLab();
  const served = await call("GET", "/api/openapi.json");
  expect(served.json).toEqual(JSON.parse(JSON.stringify(handler.openApi())));
  const { BaseResolver } = await import("@redocly/openapi-core");
  const problems = await lintDocument({
    document: makeDocumentFromString(served.text, "openapi.json"),
    externalRefResolver: new BaseResolver(),
    config: await createConfig({
      extends: ["recommended"],
      rules: {
        // What may go wrong is the same everywhere, and described once.
        "operation-4xx-response": "off",
      },
    }),
  });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

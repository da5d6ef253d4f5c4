import { mutantArea } from "../mutant.ts";

const signed = "packages/core/src/engine/webhooks/receive-signed.ts";

/** Deliveries that are signed in the generic form. */
export const area = mutantArea(
  "signed-webhooks",
  { file: signed, tests: ["packages/core/test/engine/webhooks/signed.test.ts"] },
  [
    {
      id: "signature-ignored",
      description: "believes whatever comes",
      find: 'if (await crypto.subtle.verify("HMAC", key, signature, signed)) return true;',
      replace: 'if ((await crypto.subtle.verify("HMAC", key, signature, signed)) || signature) return true;',
    },
    {
      id: "body-unsigned",
      description: "lets the body be another one",
      find: "signed.set(body, prefix.length);",
      replace: "",
    },
    {
      id: "id-unsigned",
      description: "lets the id and the time be others",
      find: "signed.set(prefix);",
      replace: "",
    },
    {
      id: "any-time",
      description: "takes deliveries of any age",
      find: "<= TOLERANCE_S",
      replace: "<= Number.POSITIVE_INFINITY",
    },
    {
      id: "future-taken",
      description: "takes deliveries of the future",
      find: "Math.abs(parts.clock.now() / 1_000 - Number(timestamp))",
      replace: "(parts.clock.now() / 1_000 - Number(timestamp))",
    },
    {
      id: "repeats-count",
      description: "counts a delivery as often as it comes",
      find: 'must: "not-exist" }],',
      replace: 'must: "exist" }].slice(1),',
    },
    {
      id: "failure-forgotten",
      description: "takes a delivery that came to nothing for one that counted",
      find: 'await parts.storage.write({ statements: [{ delete: "deliveries", where: { delivery_hash: delivery } }] });',
      replace: "",
    },
    {
      id: "id-in-clear",
      description: "stores the id of a delivery as it came",
      find: "toBase64url(sha256(new TextEncoder().encode(JSON.stringify([provider.name, id]))))",
      replace: "toBase64url(sha256(new Uint8Array())) + JSON.stringify([provider.name, id])",
    },
    {
      id: "everybodys-pairs",
      description: "wakes the pairs of everybody",
      find: "...(user_id === undefined ? {} : { user_id }),",
      replace: "",
    },
    {
      id: "any-account",
      description: "wakes pairs of another account",
      find: "...(account_hash ? { account_hash } : {}),",
      replace: "",
    },
    {
      id: "any-container",
      description: "wakes pairs of other containers",
      find: "const container =\n    container_id === undefined",
      replace: "const container =\n    container_id !== undefined",
    },
    {
      id: "any-type",
      description: "wakes pairs of other types",
      find: "...(sync_type === undefined ? {} : { sync_type }),",
      replace: "",
    },
  ],
);

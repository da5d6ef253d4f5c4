import { cataloguesOf, collectionsUnderTest, kindHeld, writerOf } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure } from "./ensure.ts";

export const definitionChecks = defineChecks([
  {
    name: "says who it is: name, display name, category, contract version",
    async run({ provider }) {
      ensure(/^[a-z][a-z0-9-]*$/.test(provider.name), `name "${provider.name}" is not lower case, digits and hyphens`);
      ensure(provider.displayName.trim() !== "", "displayName is empty");
      ensure(provider.category.trim() !== "", "category is empty");
      ensure(provider.contractVersion === 1, `contractVersion is ${provider.contractVersion}, not 1`);
    },
  },
  {
    name: "states limits that can be kept: rate, page sizes, batch sizes",
    async run(bench) {
      const { requests, perMs, concurrency, perDay } = bench.provider.transport.rateLimit;
      for (const [field, value] of Object.entries({ requests, perMs, concurrency, perDay: perDay ?? 1 })) {
        ensure(Number.isFinite(value) && value > 0, `transport.rateLimit.${field} is ${value}`);
      }
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const sizes = {
          "read.pageSize": collection.read.pageSize,
          ...(collection.shape === "membership"
            ? {
                "write.batchSize.add": collection.write?.batchSize.add ?? 1,
                "write.batchSize.remove": collection.write?.batchSize.remove ?? 1,
              }
            : {}),
          "write.maxItems": writerOf(collection)?.maxItems ?? 1,
        };
        for (const [field, value] of Object.entries(sizes)) {
          ensure(Number.isInteger(value) && value > 0, `collections.${type}.${field} is ${value}`);
        }
        const windowMs = writerOf(collection)?.consistencyWindowMs ?? 0;
        ensure(windowMs >= 0 && windowMs <= 600_000, `collections.${type}.write.consistencyWindowMs is ${windowMs}`);
      }
      for (const { kind, catalogue } of cataloguesOf(bench.harness)) {
        for (const [scheme, { batchSize }] of Object.entries(catalogue.lookups)) {
          const problem = `catalogues.${kind}.lookups.${scheme}.batchSize is ${batchSize}`;
          ensure(Number.isInteger(batchSize) && batchSize > 0, problem);
        }
        const limit = catalogue.search?.limit ?? 1;
        ensure(Number.isInteger(limit) && limit > 0, `catalogues.${kind}.search.limit is ${limit}`);
      }
    },
  },
  {
    name: "lists every scope that its collections need, and none where it asks for no authorization",
    async run(bench) {
      const { provider } = bench;
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const needed = [...collection.scopes.read, ...(collection.write ? collection.scopes.write : [])];
        for (const scope of needed) {
          ensure(provider.scopes.includes(scope), `scope ${scope} of ${type} is missing from provider.scopes`);
        }
        const open = provider.authorization.kind === "none";
        ensure(!open || needed.length === 0, `${type} needs scopes, but the provider has no authorization`);
      }
    },
  },
  {
    name: "has a mapping for every kind of item that it gives",
    async run(bench) {
      const held = collectionsUnderTest(bench).flatMap(({ collection }) => kindHeld(collection) ?? []);
      const kinds = [...held, ...cataloguesOf(bench.harness).map(({ kind }) => kind)];
      const mapped = Object.keys(bench.provider.items);
      for (const kind of kinds) ensure(mapped.includes(kind), `items.${kind} is missing`);
    },
  },
  {
    name: "states its service's data policy, with the day on which the terms were read",
    async run({ provider: { dataPolicy } }) {
      ensure(/^\d{4}-\d{2}-\d{2}$/.test(dataPolicy.readOn), `dataPolicy.readOn is "${dataPolicy.readOn}"`);
      ensure(Number.isFinite(Date.parse(dataPolicy.readOn)), `dataPolicy.readOn is "${dataPolicy.readOn}"`);
      ensure(dataPolicy.attribution.trim() !== "", "dataPolicy.attribution is empty");
      ensure(dataPolicy.newApplications.trim() !== "", "dataPolicy.newApplications is empty");
    },
  },
  {
    name: "sends users and secrets to https addresses, or to this machine",
    needs: ["authorization"],
    async run({ provider: { authorization } }) {
      if (authorization.kind !== "oauth2") return;
      for (const [name, address] of Object.entries(authorization.endpoints)) {
        const { protocol, hostname } = new URL(address);
        const local = hostname === "127.0.0.1" || hostname === "[::1]" || hostname === "localhost";
        ensure(protocol === "https:" || local, `authorization.endpoints.${name} is not https`);
      }
    },
  },
  {
    name: "takes an https redirect URL, and gives a reason in words for one that it refuses",
    needs: ["authorization"],
    async run({ provider: { authorization } }) {
      if (authorization.kind !== "oauth2" || !authorization.redirectProblem) return;
      const problem = authorization.redirectProblem(new URL("https://app.example/callback"));
      ensure(problem === undefined, `refuses https://app.example/callback: ${problem}`);
      for (const url of ["http://localhost:3000/cb", "http://127.0.0.1:3000/cb", "http://app.example/cb"]) {
        const reason = authorization.redirectProblem(new URL(url));
        ensure(reason === undefined || reason.trim().length > 10, `gives no reason for refusing ${url}`);
      }
    },
  },
]);

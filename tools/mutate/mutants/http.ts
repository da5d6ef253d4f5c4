import { mutantArea } from "../mutant.ts";

const http = (name: string) => `packages/http/src/${name}.ts`;
const test = (name: string) => `packages/http/test/${name}.test.ts`;

/** What the HTTP layer guards. */
export const area = mutantArea(
  "http",
  {
    file: http("create-http-handler"),
    tests: ["guards", "services", "progress", "idempotency", "webhooks", "decisions", "plans"].map(test),
  },
  [
    {
      id: "anybody",
      description: "serves those who are not signed in",
      find: 'if (!user) throw new HttpProblem(401, "http.not-signed-in", "Sign in first.");\n  const owner = ownerOf(user);',
      replace: 'const owner = ownerOf(user ?? { userId: "anna" });',
    },
    {
      id: "cross-site",
      description: "takes requests of pages of others",
      find: "  refuseCrossSite(request);\n",
      replace: "  void refuseCrossSite;\n",
    },
    {
      id: "stored-on-the-way",
      description: "lets caches keep answers",
      find: 'response.headers.set("cache-control", "no-store");',
      replace: "",
    },
    {
      id: "too-long",
      file: http("guards"),
      description: "reads bodies of any length",
      find: "if (length > maxBytes)",
      replace: "if (length > Number.MAX_SAFE_INTEGER)",
    },
    {
      id: "any-redirect",
      file: http("routes/connect"),
      description: "sends users wherever a client says",
      find: "if (permitted.includes(url)) return;",
      replace: "if (permitted.length >= 0 && url) return;",
    },
    {
      id: "signed-out-streams",
      file: http("job-stream"),
      description: "goes on telling those who have signed out",
      find: "if (!isSignedIn) this.end();",
      replace: "void isSignedIn;",
    },
    {
      id: "listener-left",
      file: http("job-stream"),
      description: "leaves its timers behind",
      find: "for (const timer of this.#timers) clearTimeout(timer);",
      replace: "",
    },
    {
      id: "any-number-of-streams",
      file: http("job-stream"),
      description: "opens any number of streams",
      find: "if (count >= MOST_PER_USER)",
      replace: "if (count >= Number.MAX_SAFE_INTEGER)",
    },
    {
      id: "told-twice",
      file: http("job-stream"),
      description: "tells a client again what it knows",
      find: "if (id !== this.#shown)",
      replace: "if (id !== '')",
    },
    {
      id: "keys-shared",
      file: "packages/core/src/engine/requests/once.ts",
      description: "takes another user's key for one's own",
      find: "JSON.stringify([userId, key])",
      replace: "JSON.stringify([key])",
    },
    {
      id: "other-request",
      file: "packages/core/src/engine/requests/once.ts",
      description: "answers another request with what its key was answered before",
      find: 'if (row && row.request_hash !== asked.request_hash) throw new InvalidRequestError("request.key-reused", {});',
      replace: "",
    },
    {
      id: "unsigned-bytes",
      file: http("webhooks"),
      description: "verifies what a parser has written anew",
      find: "if (isSigned && headers.has(PARSED_HEADER))",
      replace: "if (isSigned && headers.has('x-none'))",
    },
    {
      id: "any-media-type",
      file: http("webhooks"),
      description: "takes signed deliveries of any media type",
      find: 'if (isSigned && type !== "application/json")',
      replace: 'if (isSigned && type === "x/x")',
    },
  ],
);

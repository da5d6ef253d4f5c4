import {
  AuthorizationError,
  type Connections,
  createConnections,
  createTenantHashes,
  createTransport,
  keyring,
  memoryStorage,
  ProviderRegistry,
  systemRandom,
} from "@syncer/core";
import type { ProviderBench } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import type { SignInControls } from "./harness.ts";

const USER = { userId: "a-user" };

/** The real connections of the engine, on a store of their own. */
function connectionsOf({ harness, provider, wire, clock }: ProviderBench): Connections {
  const random = harness.random ?? systemRandom;
  const encryption = keyring({ current: "k1", keys: { k1: random.bytes(32) }, random });
  const ports = { storage: memoryStorage(), encryption, clock, random };
  return createConnections({
    ...ports,
    providers: new ProviderRegistry([provider]),
    hashes: createTenantHashes(ports),
    transport: createTransport({ fetch: wire.fetch, clock, random }),
  });
}

function signInOf({ harness }: ProviderBench): SignInControls {
  ensure(harness.signIn, "the harness has no way to sign in");
  return harness.signIn;
}

async function begin(bench: ProviderBench, connections: Connections) {
  return connections.begin({
    ...USER,
    service: bench.provider.name,
    redirectUrl: signInOf(bench).redirectUrl,
  });
}

async function signIn(bench: ProviderBench, connections: Connections) {
  const { url } = await begin(bench, connections);
  const callbackUrl = await signInOf(bench).visit(url, "allow");
  const result = await connections.complete({ service: bench.provider.name, callbackUrl });
  return { result, callbackUrl, ref: { ...USER, connectionId: result.connection.id } };
}

/** With the engine's own connections, so that what is declared is what is tried. */
export const signInChecks = defineChecks([
  {
    name: "signs a user in with what it declares, gets what it asks for, and knows who it is",
    needs: ["authorization", "sign-in"],
    async run(bench) {
      const connections = connectionsOf(bench);
      const { result, ref } = await signIn(bench, connections);
      ensureEqual(result.connection.state, "active", "state of the new connection");
      ensureEqual(result.missingScopes, [], "scopes asked for and not granted");
      ensureEqual(result.connection.accountKnown, true, "whether the account is known");
      const session = await connections.session(ref);
      const { externalId } = await bench.provider.profile(session);
      ensureEqual(session.accountId, externalId, "account id of the session");
    },
  },
  {
    name: "knows an account again when its user signs in a second time",
    needs: ["authorization", "sign-in"],
    async run(bench) {
      const connections = connectionsOf(bench);
      const first = await signIn(bench, connections);
      const second = await signIn(bench, connections);
      ensureEqual(second.result.outcome, "reconnected", "outcome of the second sign-in");
      ensureEqual(second.ref, first.ref, "connection of the second sign-in");
    },
  },
  {
    name: "tells a user who refuses from a failure",
    needs: ["authorization", "sign-in"],
    async run(bench) {
      const connections = connectionsOf(bench);
      const { url } = await begin(bench, connections);
      const callbackUrl = await signInOf(bench).visit(url, "deny");
      const error = await rejectionOf(
        () => connections.complete({ service: bench.provider.name, callbackUrl }),
        "a sign-in that the user refused",
      );
      ensureEqual(codeOf(error), "auth.consent-denied", "error of a sign-in that the user refused");
    },
  },
  {
    name: "takes the refusal of a used code for what it is",
    needs: ["authorization", "sign-in"],
    async run(bench) {
      const connections = connectionsOf(bench);
      const { callbackUrl } = await signIn(bench, connections);
      const { state } = await begin(bench, connections);
      const error = await rejectionOf(
        () =>
          connections.complete({
            service: bench.provider.name,
            code: callbackUrl.searchParams.get("code") ?? "",
            state,
          }),
        "a sign-in with a used code",
      );
      ensureEqual(codeOf(error), "auth.code-refused", "error of a sign-in with a used code");
    },
  },
  {
    name: "renews tokens again and again, unless it declares that they cannot be renewed",
    needs: ["authorization", "sign-in"],
    async run(bench) {
      const { authorization } = bench.provider;
      if (authorization.kind !== "oauth2" || authorization.dialect?.refresh === "unsupported") return;
      const connections = connectionsOf(bench);
      const { ref } = await signIn(bench, connections);
      // Twice: services that rotate refresh tokens accept the second one only if the new one was kept.
      for (const time of ["first", "second"]) {
        await bench.clock.sleep(10 * 60_000);
        const { state } = await connections.refresh(ref);
        ensureEqual(state, "active", `state after the ${time} refresh`);
        const working = await bench.provider.validateTokens(await connections.session(ref));
        ensureEqual(working, true, `whether the tokens of the ${time} refresh work`);
      }
    },
  },
]);

function codeOf(error: unknown): string {
  return error instanceof AuthorizationError ? error.code : String(error);
}

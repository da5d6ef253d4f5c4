import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, DEEZER_APP, SPOTIFY_APP } from "@syncer/sandbox";
import { fillConsumer, run } from "./consumer-folder.ts";
import { driveHost } from "./drive.ts";
import { type HostBindings, type RunningHost, startInWorkers, startOnNode } from "./runtimes.ts";

/**
 * Tries the packages as their users get them: from tarballs, in an empty strict-TypeScript folder, with a host that
 * brings its own storage adapter; on the oldest Node, on the current one and in the workers runtime.
 * Run `npm run build` first.
 */
const OLDEST_NODE = "22.18.0";
const folder = mkdtempSync(join(tmpdir(), "syncer-consumer-"));
const say = (text: string) => console.log(`packed consumer: ${text}`);

try {
  fillConsumer(folder);
  say("installed from tarballs");
  for (const config of ["tsconfig.json", "tsconfig.bundler.json", "tsconfig.tests.json"]) {
    run("npx", ["tsc", "--project", config], folder);
    say(`compiles, ${config}`);
  }
  run("npx", ["vitest", "run"], folder);
  say("its storage adapter and the example provider keep their contracts");
  await driveEverywhere();
} finally {
  rmSync(folder, { recursive: true });
}

async function driveEverywhere(): Promise<void> {
  const outcomes = new Set<string>();
  const runtimes: ((bindings: HostBindings) => Promise<RunningHost>)[] = [
    (bindings) => startOnNode(folder, bindings, OLDEST_NODE),
    (bindings) => startOnNode(folder, bindings),
    (bindings) => startInWorkers(folder, bindings),
  ];
  for (const start of runtimes) {
    // Made anew, so that each runtime meets the same library.
    const sandbox = createSandbox();
    const services = await sandbox.listen({ port: 0 });
    try {
      const host = await start(bindingsFor(services.url));
      try {
        const outcome = await driveHost(host.url, sandbox);
        outcomes.add(outcome);
        say(`${host.name}: ${outcome}`);
      } finally {
        await host.stop();
      }
    } finally {
      await services.close();
    }
  }
  if (outcomes.size > 1) throw new Error("the runtimes disagree about the same library");
}

function bindingsFor(servicesUrl: string): HostBindings {
  return {
    servicesUrl,
    encryptionKey: randomBytes(32).toString("base64"),
    apps: {
      spotify: { clientId: SPOTIFY_APP.id, clientSecret: SPOTIFY_APP.secret },
      deezer: { appId: DEEZER_APP.id, appSecret: DEEZER_APP.secret },
    },
  };
}

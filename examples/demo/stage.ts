import { randomBytes } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SyncListener } from "@syncer/core";
import { createSandbox, type Sandbox, signIn } from "@syncer/sandbox";
import { sharedClock } from "./clock.ts";
import { demoEngine, type Setting } from "./engine.ts";

/** Clock seconds in one real second: limits hold in clock time while you wait less. */
export const SPEED = 20;
/** How long the stand-ins take for an answer, in clock time; a usual figure for such services. */
const LATENCY_MS = 120;

export const USER = {
  userId: "demo-user",
  spotify: "anna",
  deezer: 4_000_000_001,
  "google-calendar": "anna@gmail.example",
} as const;

/** Everything the demo plays with: stand-ins behind a local server, an engine, a database file. */
export async function setStage(onEvent: SyncListener) {
  const time = { epochMs: Date.now(), speed: SPEED };
  const clock = sharedClock(time);
  const sandbox = createSandbox({ clock, latencyMs: LATENCY_MS });
  const server = await sandbox.listen({ port: 0 });
  const folder = await mkdtemp(join(tmpdir(), "syncer-demo-"));
  const file = join(folder, "syncer.db");
  const setting: Setting = { server: server.url, file, key: randomBytes(32).toString("base64"), ...time };
  const engine = demoEngine(setting, onEvent);
  await engine.migrate();
  return {
    clock,
    sandbox,
    engine,
    setting,
    folder,
    /** Everything that the user was seen to have at some time. */
    known: new Set<string>(),
    address: server.url,
    file,
    databaseBytes: async () => (await stat(file)).size,
    async strike() {
      await engine.stop();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type Stage = Awaited<ReturnType<typeof setStage>>;

/** Signs the user in as a browser would: consent page, form, redirect, callback. */
export async function connect(
  { engine }: Pick<Stage, "engine">,
  service: Exclude<keyof typeof USER, "userId">,
): Promise<string> {
  // Spotify refuses `localhost`, Deezer refuses `127.0.0.1`.
  const redirectUrl = service === "deezer" ? "http://localhost:8080/callback" : "http://127.0.0.1:8080/callback";
  const { url } = await engine.connections.begin({ userId: USER.userId, service, redirectUrl });
  const callbackUrl = await signIn({ fetch, url, user: USER[service] });
  const { profile } = await engine.connections.complete({ service, callbackUrl });
  return profile?.displayName ?? profile?.username ?? "somebody";
}

/** Real recordings on Spotify, a few of which Deezer has among its favourites already. */
export function furnish(
  { control, catalogue }: Sandbox,
  size: number,
): { readonly spotify: number; readonly deezer: number } {
  const saved = control.spotify.seedFavourites(USER.spotify, size);
  const held = saved.slice(0, Math.floor(size / 10)).flatMap((id) => catalogue.truth.deezerFor(id) ?? []);
  control.deezer.seedFavourites(USER.deezer, [...new Set(held)]);
  return {
    spotify: control.spotify.favourites(USER.spotify).length,
    deezer: control.deezer.favourites(USER.deezer).length,
  };
}

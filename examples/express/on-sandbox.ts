import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSandbox, DEEZER_APP, SPOTIFY_APP } from "@syncer/sandbox";

/**
 * Starts the stand-ins with a furnished library, and this server and the worker beside it on one database file, each a
 * process of its own: `npm run example`. Ends with all of them on SIGTERM or SIGINT.
 */
const sandbox = createSandbox();
sandbox.control.spotify.seedFavourites("anna", 50);
const stand = await sandbox.listen({ port: 0 });
const env = {
  ...process.env,
  SANDBOX_URL: stand.url,
  SPOTIFY_CLIENT_ID: SPOTIFY_APP.id,
  SPOTIFY_CLIENT_SECRET: SPOTIFY_APP.secret,
  DEEZER_APP_ID: DEEZER_APP.id,
  DEEZER_APP_SECRET: DEEZER_APP.secret,
  DATABASE_URL: process.env.DATABASE_URL ?? "example.db",
  // Kept for this database file only; a real host keeps its key where it keeps its other secrets.
  ENCRYPTION_KEY: process.env.ENCRYPTION_KEY ?? randomBytes(32).toString("base64"),
};
const start = (file: string) =>
  spawn(process.execPath, ["--conditions=@syncer/source", new URL(file, import.meta.url).pathname], {
    env,
    stdio: "inherit",
  });
const children = [start("./main.ts"), start("../worker/main.ts")];
console.log(`Stand-ins at ${stand.url}. Users there: anna (Spotify), ${sandbox.control.people[0]?.deezerId} (Deezer).`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    for (const child of children) child.kill(signal);
    await Promise.all(children.map((child) => new Promise((resolve) => child.once("exit", resolve))));
    await stand.close();
  });
}

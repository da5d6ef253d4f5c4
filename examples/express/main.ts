import { createApp } from "./app.ts";
import { engineFromEnvironment } from "./engine.ts";

const port = Number(process.env.PORT ?? 3000);
const engine = engineFromEnvironment(process.env);
await engine.migrate();

// Spotify refuses `localhost` as a redirect, Deezer refuses `127.0.0.1`; both names lead here.
const app = createApp(engine, {
  spotify: process.env.SPOTIFY_REDIRECT_URL ?? `http://127.0.0.1:${port}`,
  deezer: process.env.DEEZER_REDIRECT_URL ?? `http://localhost:${port}`,
});
const server = app.listen(port, "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`Listening on http://127.0.0.1:${port}. Begin with: POST /login, then GET /connect/spotify`);
});

process.once("SIGTERM", stop);
process.once("SIGINT", stop);

async function stop(): Promise<void> {
  server.close();
  await engine.stop();
}

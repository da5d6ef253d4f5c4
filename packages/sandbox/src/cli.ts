import { parseArgs } from "node:util";
import { createSandbox } from "./sandbox.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4010" },
    host: { type: "string", default: "127.0.0.1" },
    seed: { type: "string", default: "1" },
    regime: { type: "string", default: "DEV" },
    "latency-ms": { type: "string", default: "0" },
    favourites: { type: "string", default: "200" },
    help: { type: "boolean", default: false },
  },
});

const USAGE = `npm run sandbox -- [--port 4010] [--host 127.0.0.1] [--seed 1] [--regime DEV|OLD-DEV|EQM] [--latency-ms 0] [--favourites 200]
Serves stand-ins of Spotify, Deezer and Google Calendar. --favourites: how many tracks user "anna" has saved at Spotify from the start.`;

function isRegime(text: string): text is "DEV" | "OLD-DEV" | "EQM" {
  return text === "DEV" || text === "OLD-DEV" || text === "EQM";
}

const { regime } = values;
const numbers = [values.port, values["latency-ms"], values.favourites].map(Number);
const [port = 0, latencyMs = 0, favourites = 0] = numbers;
if (values.help || !isRegime(regime) || numbers.some((number) => !Number.isInteger(number) || number < 0)) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const sandbox = createSandbox({ seed: values.seed, regime, latencyMs });
  sandbox.control.spotify.seedFavourites("anna", favourites);
  const server = await sandbox.listen({ port, host: values.host });
  console.log(`Sandbox ready at ${server.url}`);
  for (const origin of sandbox.dispatcher.origins) console.log(`  ${server.url}/${new URL(origin).host}`);
  console.log(`  ${server.url}/_control/stats`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      void server.close();
    });
  }
}

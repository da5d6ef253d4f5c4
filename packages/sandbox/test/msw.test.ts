import { SpotifyApi } from "@spotify/web-api-ts-sdk";
import { http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSandbox, SPOTIFY_APP } from "../src/index.ts";

const sandbox = createSandbox();
const server = setupServer(...sandbox.handlers(http));

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterAll(() => server.close());

it("serves the real addresses through msw, so that a client needs no setting", async () => {
  const found = await fetch("https://api.deezer.com/track/953097");
  expect(await found.json()).toMatchObject({ id: 953_097, title: "Mr. Brightside" });
});

it("lets Spotify's SDK get a token of its own from the fixed token address", async () => {
  const sdk = SpotifyApi.withClientCredentials(SPOTIFY_APP.id, SPOTIFY_APP.secret);
  const answer = await sdk.search("mr brightside", ["track"], undefined, 5);
  expect(answer.tracks.items[0]?.name).toMatch(/Mr\.? Brightside/i);
  expect(sandbox.control.stats().spotify.byKind.token).toBe(1);
});

it("breaks connections through msw as well", async () => {
  sandbox.control.fault({ service: "deezer", fault: { type: "disconnect" } });
  await expect(fetch("https://api.deezer.com/infos")).rejects.toThrow();
});

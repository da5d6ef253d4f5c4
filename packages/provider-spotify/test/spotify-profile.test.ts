import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const answer = {
  id: "jo.listener",
  display_name: "Jo",
  images: [{ url: "https://i.scdn.co/image/ab67" }],
  type: "user",
};

describe("Spotify's profile", () => {
  it("goes by the immutable account id, and keeps the id that owns playlists beside it", async () => {
    const { session } = cannedSession({ ...answer, account_id: "aQ7xL2mN9p" });
    expect(await provider.profile(session)).toEqual({
      externalId: "aQ7xL2mN9p",
      otherIds: ["jo.listener"],
      username: "jo.listener",
      displayName: "Jo",
      avatarUrl: "https://i.scdn.co/image/ab67",
    });
  });

  it("goes by the id where Spotify gives no account id", async () => {
    const { session } = cannedSession({ ...answer, display_name: null, images: [] });
    expect(await provider.profile(session)).toEqual({ externalId: "jo.listener", username: "jo.listener" });
  });

  it("has e-mail and country where the regime and the scopes show them", async () => {
    const { session } = cannedSession({ ...answer, email: "jo@example.org", country: "SE" });
    expect(await provider.profile(session)).toMatchObject({ email: "jo@example.org", country: "SE" });
  });
});

describe("Spotify's health", () => {
  it("is good when an unsigned question is refused as it should be, at the cost of one request", async () => {
    const refusal = Response.json({ error: { status: 401, message: "No token provided" } }, { status: 401 });
    const { session, requests } = cannedSession(refusal);
    expect(await provider.health(session)).toEqual({ status: "healthy" });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [
      "the owner's subscription has lapsed",
      403,
      "Active premium subscription required for the owner of the app.",
      "unhealthy",
      "premium-required",
    ],
    ["Spotify fails", 500, "", "unhealthy", "unavailable"],
  ])("is not good when %s", async (_, status, body, verdict, reason) => {
    const { session } = cannedSession(...Array.from({ length: 10 }, () => new Response(body, { status })));
    expect(await provider.health(session)).toEqual({ status: verdict, reason });
  });
});

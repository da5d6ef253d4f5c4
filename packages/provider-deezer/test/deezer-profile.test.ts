import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

describe("Deezer's profile", () => {
  it("shows the account's number as text, and the names", async () => {
    const { session } = cannedSession({
      id: 4_455_667_788,
      name: "jo_listener",
      firstname: "Jo",
      lastname: "L",
      email: "jo@example.org",
      picture_medium: "https://cdn-images.dzcdn.net/images/user/x/250x250.jpg",
      country: "SE",
    });
    expect(await provider.profile(session)).toEqual({
      externalId: "4455667788",
      username: "jo_listener",
      displayName: "Jo L",
      email: "jo@example.org",
      avatarUrl: "https://cdn-images.dzcdn.net/images/user/x/250x250.jpg",
      country: "SE",
    });
  });

  it("is shown by the user's name where there is no other", async () => {
    const { session } = cannedSession({ id: 7, name: "jo_listener" });
    expect(await provider.profile(session)).toMatchObject({ externalId: "7", displayName: "jo_listener" });
  });
});

describe("Deezer's health", () => {
  it.each([
    ["it is open", { country_iso: "SE", open: true }, { status: "healthy" }],
    ["it does not say", { country_iso: "SE" }, { status: "healthy" }],
    ["it is not offered here", { open: false }, { status: "degraded", reason: "not-offered-here" }],
    [
      "the application is disabled",
      { error: { type: "OAuthException", message: "Application error", code: 50 } },
      { status: "unhealthy", reason: "application-disabled" },
    ],
  ])("is told when %s", async (_, answer, health) => {
    const { session } = cannedSession(answer);
    expect(await provider.health(session)).toEqual(health);
  });
});

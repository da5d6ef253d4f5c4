import type { DocumentWriter, MembershipWriter, OrderedWriter, PlaylistDetails } from "@syncer/core";
import { expectTypeOf, test } from "vitest";
import { type DeezerPlaylist, deezer } from "../src/index.ts";

test("favourites can be written with an application", () => {
  const provider = deezer({ appId: "500001", appSecret: "secret" });
  expectTypeOf(provider.collections.favorites.write).toEqualTypeOf<MembershipWriter>();
  expectTypeOf(provider.name).toEqualTypeOf<"deezer">();
});

test("playlists and what they hold can be written with an application", () => {
  const { playlists } = deezer({ appId: "500001", appSecret: "secret" }).collections;
  expectTypeOf(playlists.write).toEqualTypeOf<DocumentWriter<DeezerPlaylist, PlaylistDetails>>();
  expectTypeOf(playlists.contents.write).toEqualTypeOf<OrderedWriter>();
});

test("nothing has a writer in public mode, and the history is nobody's to see", () => {
  const { collections } = deezer();
  expectTypeOf(collections.playlists).not.toHaveProperty("write");
  expectTypeOf(collections.playlists.contents).not.toHaveProperty("write");
  expectTypeOf(collections).not.toHaveProperty("recently_played");
});

test("favourites have no writer in public mode", () => {
  expectTypeOf(deezer().collections.favorites).not.toHaveProperty("write");
  expectTypeOf(deezer({ mode: "public" }).collections.favorites).not.toHaveProperty("write");
});

test("an application needs its secret, and the public mode takes none", () => {
  // @ts-expect-error the secret is missing
  deezer({ appId: "500001" });
  // @ts-expect-error no application in public mode
  deezer({ mode: "public", appId: "500001", appSecret: "secret" });
});

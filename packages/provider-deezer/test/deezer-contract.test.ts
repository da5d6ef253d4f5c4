import { describeProvider } from "@syncer/testkit";
import { createDeezerHarness, createPublicDeezerHarness } from "./support/deezer-harness.ts";

describeProvider("deezer, with an application", () => createDeezerHarness());
describeProvider("deezer, refusing what is there already", () => createDeezerHarness({ duplicateFavourite: "refuse" }));
describeProvider("deezer, claiming more rows than it gives", () => createDeezerHarness({ surplusTotal: 7 }));
describeProvider("deezer, without an application", () => createPublicDeezerHarness());

import { describeProvider } from "@syncer/testkit";
import { createJukeboxHarness } from "./jukebox-harness.ts";

describeProvider("jukebox", createJukeboxHarness);

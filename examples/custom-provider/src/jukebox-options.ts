import { checkOptions } from "@syncer/core";
import { z } from "zod";

export interface JukeboxOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the service is; other than the real one for a stand-in. */
  readonly origin?: string;
}

const optionsSchema = z.strictObject(
  {
    clientId: z.string("the client id, a string").min(1, "the client id, not an empty string"),
    clientSecret: z.string("the client secret, a string").min(1, "the client secret, not an empty string"),
    origin: z.url({ protocol: /^https?$/, error: "an http or https URL" }).optional(),
  },
  "an options object",
);

/** Options are checked once, in the factory, and every problem is told at once. */
export function checkJukeboxOptions(options: JukeboxOptions): void {
  checkOptions("jukebox", optionsSchema, options, {
    clientId: "Copy it from jukebox.example/developers.",
    clientSecret: "Copy it from jukebox.example/developers.",
  });
}

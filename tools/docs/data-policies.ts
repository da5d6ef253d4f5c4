import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyProvider } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";

/**
 * `docs/data-policies.md`, made from what the providers state as data: `npm run docs`. With `--check` nothing is written
 * and the exit code tells whether the page is up to date.
 */
const page = join(import.meta.dirname, "../../docs/data-policies.md");
const providers: readonly AnyProvider[] = [spotify({ clientId: "-" }), deezer()];
const text = [
  "# What services allow",
  "",
  "Made by `npm run docs` from each provider's `dataPolicy`; edit it there. Not legal advice: read the terms themselves.",
  ...providers.flatMap(section),
  "",
].join("\n");

if (!process.argv.includes("--check")) writeFileSync(page, text);
else if (readFileSync(page, "utf8") !== text) {
  console.error("docs/data-policies.md is not what the providers say: npm run docs");
  process.exit(1);
}

function section({ displayName, dataPolicy, transport }: AnyProvider): string[] {
  const { requests, perMs, perDay, sharedBy } = transport.rateLimit;
  const day = perDay === undefined ? "" : `, ${perDay} a day`;
  return [
    "",
    `## ${displayName}`,
    "",
    "| | |",
    "| --- | --- |",
    `| Terms read on | ${dataPolicy.readOn}${dataPolicy.termsUrl ? ` (<${dataPolicy.termsUrl}>)` : ""} |`,
    `| New applications | ${dataPolicy.newApplications} |`,
    `| Commercial use | ${dataPolicy.commercialUse} |`,
    `| Ids may be kept | ${dataPolicy.idsMayBeKept} |`,
    `| Attribution | ${dataPolicy.attribution} |`,
    `| Rate we keep to | ${requests} requests in ${perMs / 1_000} s${day}, shared by ${sharedBy} |`,
    ...(dataPolicy.notes.length > 0 ? ["", ...dataPolicy.notes.map((note) => `- ${note}`)] : []),
  ];
}

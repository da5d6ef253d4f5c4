import type { AnyProvider } from "@syncer/core";
import { caldav } from "@syncer/provider-caldav";
import { deezer } from "@syncer/provider-deezer";
import { googleCalendar } from "@syncer/provider-google-calendar";
import { spotify } from "@syncer/provider-spotify";

/** `docs/data-policies.md`: what the providers state as data. */
export function dataPoliciesPage(): string {
  const providers: readonly AnyProvider[] = [
    spotify({ clientId: "-" }),
    deezer(),
    caldav(),
    googleCalendar({ clientId: "-", clientSecret: "-" }),
  ];
  return [
    "# What services allow",
    "",
    "Made by `npm run docs` from each provider's `dataPolicy`; edit it there. Not legal advice: read the terms themselves.",
    ...providers.flatMap(section),
    "",
  ].join("\n");
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

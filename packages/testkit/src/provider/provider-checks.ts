import { accountChecks } from "./account-checks.ts";
import { catalogueChecks } from "./catalogue-checks.ts";
import { containerChecks } from "./container-checks.ts";
import { contentsChecks } from "./contents-checks.ts";
import { contentsWriteChecks } from "./contents-write-checks.ts";
import { definitionChecks } from "./definition-checks.ts";
import { documentChecks } from "./document-checks.ts";
import { documentCreateChecks } from "./document-create-checks.ts";
import { documentWriteChecks } from "./document-write-checks.ts";
import { failureChecks } from "./failure-checks.ts";
import { listingChecks } from "./listing-checks.ts";
import { logChecks } from "./log-checks.ts";
import { mappingChecks } from "./mapping-checks.ts";
import { probeChecks } from "./probe-checks.ts";
import type { ProviderCheck } from "./provider-check.ts";
import { sessionChecks } from "./session-checks.ts";
import { signInChecks } from "./sign-in-checks.ts";
import { webhookChecks } from "./webhook-checks.ts";
import { writeChecks } from "./write-checks.ts";

/** Every promise of the provider contract that can be seen from outside, by subject. */
export const providerChecksBySubject: Readonly<Record<string, readonly ProviderCheck[]>> = {
  definition: definitionChecks,
  "signing in": signInChecks,
  listing: listingChecks,
  probe: probeChecks,
  writing: writeChecks,
  documents: documentChecks,
  "creating documents": documentCreateChecks,
  "changing documents": documentWriteChecks,
  containers: containerChecks,
  "reading contents": contentsChecks,
  "writing contents": contentsWriteChecks,
  logs: logChecks,
  webhooks: webhookChecks,
  catalogue: catalogueChecks,
  mapping: mappingChecks,
  failures: failureChecks,
  sessions: sessionChecks,
  account: accountChecks,
};

/** The same as one list, for runners of one's own. */
export const providerChecks: readonly ProviderCheck[] = Object.values(providerChecksBySubject).flat();

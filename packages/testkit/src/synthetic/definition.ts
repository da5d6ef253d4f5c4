import type { DataPolicy, ProviderTransport } from "@syncer/core";

/** Nobody's terms: the service and its data are invented. */
export const inventedPolicy: DataPolicy = {
  readOn: "2026-11-22",
  idsMayBeKept: "while-connected",
  attribution: "none",
  commercialUse: "allowed",
  newApplications: "anybody",
  notes: [],
};

/** For providers that send no requests; a limit that nothing comes near. */
export const inProcess: ProviderTransport = {
  rateLimit: { requests: 1_000, perMs: 1_000, concurrency: 8, sharedBy: "user" },
  classify: () => undefined,
};

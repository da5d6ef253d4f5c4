/** A service's terms as data; the documentation is generated from it. Dates are when the terms were read. */
export interface DataPolicy {
  /** For example `2026-11-22`. */
  readonly readOn: string;
  readonly termsUrl?: string;
  /** May catalogue and item ids be kept, and how long? */
  readonly idsMayBeKept: "while-connected" | "unclear" | "no";
  readonly attribution: string;
  readonly commercialUse: "allowed" | "restricted" | "forbidden";
  /** What a new developer can get approved today. */
  readonly newApplications: string;
  readonly notes: readonly string[];
}

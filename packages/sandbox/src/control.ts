import type { Catalogue } from "./catalogue/catalogue.ts";
import type { WaitingClock } from "./clock.ts";
import { createDeezerControl, type DeezerControl } from "./deezer/control.ts";
import type { FaultRule } from "./faults/fault.ts";
import type { FaultBook, PlantedFault } from "./faults/fault-book.ts";
import { createGoogleControl, type GoogleControl } from "./google-calendar/control.ts";
import { createSpotifyControl, type SpotifyControl } from "./spotify/control.ts";
import type { RequestRecord, SandboxStats, StatsBook } from "./stats.ts";
import { PEOPLE, type SandboxPerson, type Worlds } from "./worlds.ts";

/** Everything that the real services would not let anybody do. */
export interface SandboxControl {
  /** Empty libraries, no tokens, default settings, no faults, counters at zero. The catalogue stays. */
  reset(): void;
  stats(): SandboxStats;
  /** The latest requests, without queries and bodies. */
  log(): readonly RequestRecord[];
  clearStats(): void;
  /** Plants a fault. */
  fault(rule: FaultRule): PlantedFault;
  clearFaults(): void;
  /** How long every answer takes from now on, in the clock's time. */
  setLatency(ms: number): void;
  /** The invented people; each has an account at every service. */
  readonly people: readonly SandboxPerson[];
  readonly spotify: SpotifyControl;
  readonly deezer: DeezerControl;
  readonly google: GoogleControl;
}

export function createControl(parts: {
  readonly worlds: Worlds;
  readonly faults: FaultBook;
  readonly stats: StatsBook;
  readonly settings: { latencyMs: number };
  readonly clock: WaitingClock;
  readonly catalogue: Catalogue;
}): SandboxControl {
  const { worlds, faults, stats, settings } = parts;
  const startLatencyMs = settings.latencyMs;
  return {
    reset: () => {
      worlds.reset();
      faults.clear();
      stats.clear();
      settings.latencyMs = startLatencyMs;
    },
    stats: () => stats.view(),
    log: () => stats.log(),
    clearStats: () => stats.clear(),
    fault: (rule) => faults.plant(rule),
    clearFaults: () => faults.clear(),
    setLatency: (ms) => {
      settings.latencyMs = ms;
    },
    people: PEOPLE,
    spotify: createSpotifyControl(() => worlds.spotify),
    deezer: createDeezerControl(() => worlds.deezer),
    google: createGoogleControl(() => worlds.google),
  };
}

import {
  describeMatch,
  describeReason,
  type MatchInfo,
  type PairPlan,
  type PairReport,
  type SyncEvent,
  type UniversalItem,
} from "@syncer/core";
import { type Phase, totalOf } from "./phases.ts";
import { SPEED, type Stage } from "./stage.ts";

const SAMPLES = 5;

/** Everything that people read. With `quiet` nothing is printed. */
export function createPrinter({ quiet }: { readonly quiet: boolean }) {
  const line = (text = "") => {
    if (!quiet) console.log(text);
  };
  const heading = (text: string) => line(`\n\u001b[1m${text}\u001b[0m`);
  const bar = createBar(quiet);

  return {
    onEvent(event: SyncEvent) {
      if (event.type === "run.progress" && event.total) bar.show(event.phase, event.done, event.total);
    },
    opening({ address }: Pick<Stage, "address">) {
      heading("Syncer demo: Spotify and Deezer, favourites");
      line(`Stand-ins of both services run at ${address}; nothing leaves this machine.`);
      line(`Their clock runs ${SPEED} times as fast as yours; their rate limits hold in their time.`);
    },
    signedIn(
      names: { readonly spotify: string; readonly deezer: string },
      library: { readonly spotify: number; readonly deezer: number },
    ) {
      heading("1. Sign in (OAuth, consent pages included)");
      line(
        `Spotify: ${names.spotify}, ${library.spotify} favourites    Deezer: ${names.deezer}, ${library.deezer} favourites`,
      );
    },
    plan(plan: PairPlan) {
      bar.clear();
      heading("2. Plan (a dry run: nothing has been written)");
      const adds = plan.operations.filter(({ kind }) => kind === "add");
      const by = (way: string) => plan.operations.filter(({ match }) => match?.by === way).length;
      line(`${plan.operations.length - adds.length} are on Deezer already, ${adds.length} are to be added:`);
      line(
        `found by what Deezer's library holds ${by("held-key") + by("held-match")}, by ISRC ${by("lookup")}, by search ${by("search")}.`,
      );
      const shared = plan.operations.reduce((sum, { links }) => sum + links.length - 1, 0);
      if (shared > 0) line(`${shared} more are recordings that Deezer holds once and Spotify several times.`);
      line(`Applying takes ${plan.estimate.requests} requests.`);
      for (const { item, match, reason } of adds.slice(0, SAMPLES)) {
        const sure = match ? `${Math.round(match.confidence * 100)} %, ${explain(match)}` : "";
        line(`  + ${titleOf(item)}  [${sure}] ${describeReason(reason)}`);
      }
      if (adds.length > SAMPLES) line(`  … and ${adds.length - SAMPLES} more`);
    },
    report(plan: PairPlan, report: PairReport) {
      bar.clear();
      heading("3. Apply (exactly that plan)");
      const { added, linked, refused, left } = report.counts;
      line(`${report.status}: ${added} added, ${linked} linked, ${refused} refused, ${left} left.`);
      for (const [verdict, title] of [
        ["uncertain", "Uncertain (reported, never written)"],
        ["not-found", "Not found"],
        ["unplayable", "Not playable for this user"],
      ] as const) {
        const items = plan.unmatched.filter((item) => item.verdict === verdict);
        if (items.length === 0) continue;
        line(`${title}: ${items.length}`);
        for (const { item, reason, match } of items.slice(0, SAMPLES)) {
          const best = match?.candidate ? ` Best candidate: ${titleOf(match.candidate)} (${explain(match)}).` : "";
          line(`  ? ${titleOf(item)}  ${describeReason(reason)}${best}`);
        }
      }
    },
    again(title: string, { requests, applied, unmatched }: Phase) {
      bar.clear();
      heading(`${title}`);
      line(
        `${applied} applied, ${unmatched} unmatched; ${totalOf(requests.spotify)} requests to Spotify, ${totalOf(requests.deezer)} to Deezer.`,
      );
    },
    closing(
      phases: readonly Phase[],
      totals: {
        readonly elapsedMs: number;
        readonly rssBytes: number;
        readonly file: string;
        readonly databaseBytes: number;
      },
    ) {
      heading("What each phase cost");
      line("phase      Spotify  Deezer  of these lookups/searches/writes   service time   real time");
      for (const { name, requests, serviceMs, realMs } of phases) {
        const { lookup = 0, search = 0, write = 0 } = requests.deezer;
        line(
          `${name.padEnd(9)}  ${pad(totalOf(requests.spotify), 7)}  ${pad(totalOf(requests.deezer), 6)}  ${`${lookup}/${search}/${write}`.padStart(32)}   ${pad(seconds(serviceMs), 12)}   ${pad(seconds(realMs), 9)}`,
        );
      }
      line(
        `\nDatabase: ${Math.round(totals.databaseBytes / 1024)} kB of ids, hashes, times and counts; no title, no name (removed now).`,
      );
      line(`All in ${seconds(totals.elapsedMs)}, ${Math.round(totals.rssBytes / 1024 / 1024)} MB of memory.`);
    },
  };
}

function explain({ comparison, by }: MatchInfo): string {
  return comparison ? describeMatch(comparison) : by;
}

function titleOf(item: UniversalItem | undefined): string {
  if (!item) return "(known by id only)";
  return "title" in item ? `${item.title} – ${item.artists.join(", ")}` : item.name;
}

function pad(value: number | string, width: number): string {
  return String(value).padStart(width);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A progress bar on one line of a terminal; silent where there is no terminal. */
function createBar(quiet: boolean) {
  const width = 30;
  const on = !quiet && process.stdout.isTTY;
  return {
    show(phase: string, done: number, total: number) {
      if (!on) return;
      const filled = Math.min(width, Math.round((done / total) * width));
      process.stdout.write(
        `\r\u001b[K${phase.padEnd(15)} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}`,
      );
    },
    clear() {
      if (on) process.stdout.write("\r\u001b[K");
    },
  };
}

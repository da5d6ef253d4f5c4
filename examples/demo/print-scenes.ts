import type { BothWays, MassDelete } from "./both-ways.ts";
import type { CalendarScene } from "./calendars.ts";
import type { ConflictScene } from "./conflict.ts";
import type { Crash } from "./crash.ts";
import type { OverrideScene, PlaylistScene } from "./playlists.ts";

/** What people read of the scenes in which both sides are written. With `quiet` nothing is printed. */
export function createScenePrinter({ quiet }: { readonly quiet: boolean }) {
  const line = (text = "") => {
    if (!quiet) console.log(text);
  };
  const heading = (text: string) => line(`\n\u001b[1m${text}\u001b[0m`);

  return {
    bothWays({ added, removed, inStep }: BothWays) {
      heading("Both ways: three added at Spotify, two at Deezer; then one removed on each side");
      line(`${added} added by the first run, ${removed} removed by the second.`);
      line(inStep ? "Each side has what the user did on the other." : "The sides differ.");
    },
    massDelete({ cleared, reasons, held, removedWhileHeld, removed, status }: MassDelete) {
      heading(`${cleared} of Deezer's favourites are gone at once`);
      line(`Held (${reasons.join(", ")}): ${held} removals wait, ${removedWhileHeld} were made at Spotify.`);
      line(`Confirmed by a person, exactly these: ${status}, ${removed} removed.`);
    },
    crash(crash: Crash) {
      const { planned, grown, doneAtDeath, unanswered, signal, status, calls, callsNeeded, missing, leftOver } = crash;
      heading("A worker process is killed in the middle of a job");
      line(
        `${planned} additions were planned. ${signal} after ${doneAtDeath}; for ${unanswered} of them the answer never came.`,
      );
      line(
        `Another worker took the job up: ${status}, ${grown} added in ${calls} calls (without a crash ${callsNeeded}),`,
      );
      line(`${missing} missing, nothing twice. A further run finds ${leftOver} things to do.`);
    },
    conflict({ shown, reason, writtenUndecided, decision, resolution, open, agreed }: ConflictScene) {
      heading("A conflict: one note, edited on both sides");
      line(`  phone: ${shown.phone}\n  paper: ${shown.paper}`);
      line(`${reason} ${writtenUndecided} writes.`);
      line(`A person says: ${decision} (paper). Resolved as ${resolution}, ${open} open, equal again: ${agreed}.`);
    },
    playlist({ tracks, left, moved, promised, undone }: PlaylistScene) {
      heading("A playlist in which one song stands twice");
      line(`${tracks.spotify} entries at Spotify, ${tracks.deezer} at Deezer: ${left}`);
      line(
        `One is moved at Deezer: ${moved.moves} move, ${moved.writes} call to Spotify; both copies ${moved.copiesKept ? "are still there" : "are not there any more"}.`,
      );
      line(
        `That run is undone${promised ? ", as its plan had said that it could be" : ""}: ${undone.status}, ${undone.back ? "the order is what it was" : "the order is another"}; the next run writes ${undone.laterWrites} times.`,
      );
    },
    calendars({ events, first, quiet, moved, guests, busy, mails }: CalendarScene) {
      heading("Two calendars at Google, both ways; and a third one for others to see");
      line(
        `${events} events, one of them a series with ${guests.before} guests: ${first.status}, ${first.added} added.`,
      );
      line(`Again, with nothing changed: ${quiet.source} + ${quiet.target} requests.`);
      line(
        `One day of the series is moved in the copy: ${moved.updated} event updated, ${moved.added} added. It is at ${moved.start} now, ${moved.isSeries ? "the series is one still" : "the series is gone"}, and ${guests.after} guests are invited to it.`,
      );
      line(
        `The third calendar says “${[...new Set(busy)].join(", ")}”, ${busy.length} times. Mails sent by all of that: ${mails}.`,
      );
    },
    override({ title, confidence, candidate, added, matchedBy }: OverrideScene) {
      heading("A person knows better than the matcher");
      line(`“${title}” may be “${candidate}”: ${Math.round(confidence * 100)} % sure, so nothing was written.`);
      line(`A person says that it is. The next run adds ${added}, matched by ${matchedBy}.`);
    },
  };
}

import { describeQueue } from "@syncer/testkit";
import { inProcessQueue, systemClock } from "../../src/index.ts";
import { virtualClock } from "../support/virtual-clock.ts";

describeQueue(
  "one process, a clock that is moved by hand",
  () => {
    const clock = virtualClock();
    return { queue: inProcessQueue({ clock }), pass: (ms) => clock.advance(ms) };
  },
  { keeps: false, attempts: 1, ticks: false, histories: 100 },
);

describeQueue("one process, real time", () => ({ queue: inProcessQueue({ clock: systemClock() }) }), {
  keeps: false,
  attempts: 1,
  ticks: false,
});

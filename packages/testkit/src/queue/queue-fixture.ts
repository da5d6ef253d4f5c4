import type { Queue } from "@syncer/core";

/** A fresh place for messages, and ways into it. */
export interface QueueFixture {
  /** On an empty place. */
  readonly queue: Queue;
  /** A second queue on the same place, as another process has one. Needed where `keeps`. */
  readonly another?: () => Queue;
  /** A queue on the same server, but on another place. Needed where `keeps`. */
  readonly elsewhere?: () => Queue;
  /** How a child process opens the same place. Needed where `deathMs` is given. */
  readonly otherProcess?: {
    /** URL of a module whose default export takes `argument` and returns a queue. */
    readonly module: string;
    readonly argument: string;
    /** For the child's `node`, for example `["--conditions=…"]`. */
    readonly nodeOptions?: readonly string[];
  };
  /** Puts something into the place that no `wake` has made. Needed where `keeps`. */
  readonly put?: (data: unknown) => Promise<void>;
  /** What was set aside. Needed where `keeps`. */
  readonly deadLetters?: () => Promise<readonly unknown[]>;
  /** Takes the server away from `queue`, and gives it back. Left out, nothing is tried. */
  readonly server?: { readonly leave: () => Promise<void>; readonly comeBack: () => Promise<void> };
  /** Lets so many ms pass on the queue's own clock. Left out, it runs in real time. */
  readonly pass?: (ms: number) => Promise<void>;
  /** Called after each test, whether or not the queue was closed. */
  readonly dispose?: () => void | Promise<void>;
}

/** How a queue differs from others, within what the port allows. */
export interface QueueTraits {
  /** Whether messages are kept where other processes see them; else they live and die with the one consumer. */
  readonly keeps: boolean;
  /** How often a message is delivered whose handler always rejects. */
  readonly attempts: number;
  /** Whether it has ticks. */
  readonly ticks: boolean;
  /** Within how many ms a message of a process that was killed comes to another. Left out, no process is killed. */
  readonly deathMs?: number;
  /** Random lists of messages to deliver, 20 unless told. */
  readonly histories?: number;
}

/** What the groups of the suite are given. */
export interface QueueSuite {
  readonly traits: QueueTraits;
  /** A fresh place, closed and disposed of after the test. */
  readonly open: () => Promise<QueueFixture>;
}

/** What a trait promises that the fixture has. */
export function needed<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`a fixture of such a queue needs \`${name}\``);
  return part;
}

import type { Engine, JobInfo, SyncEvent } from "@syncer/core";
import { SyncerError } from "@syncer/core";
import type { Owner } from "./app.ts";
import { HttpProblem } from "./problems.ts";
import { jobWire } from "./wire.ts";

/** What a stream of one job is made of. */
export interface JobStreamOptions {
  readonly engine: Engine;
  readonly owner: Owner;
  readonly jobId: string;
  /** How often the database is looked at, in ms: the worker may be another process. */
  readonly everyMs: number;
  /** Whether the user is still signed in. Asked once a minute. */
  readonly isSignedIn: () => Promise<boolean>;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** The id of the last event that a client had before it lost the stream. */
  readonly lastEventId: string | undefined;
}

const HEARTBEAT_MS = 15_000;
const SIGNED_IN_MS = 60_000;
/** After this long the client asks anew, so that a stream ends on hosts that end requests anyway. */
const LONGEST_MS = 30 * 60_000;
const RETRY_MS = 2_000;
const UNFINISHED = new Set<JobInfo["status"]>(["queued", "running"]);

/** Streams that one user may have open at once. */
const MOST_PER_USER = 8;
const open = new WeakMap<Engine, Map<string, number>>();

/**
 * A job's progress as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): `job` with the job as it
 * stands, at once and with each change, and `progress` with phase and counts of a run in this process. Ends with the job.
 * @throws {InvalidRequestError} `job.unknown`; {@link HttpProblem} 429 `http.too-many-streams`
 */
export async function jobStream(options: JobStreamOptions): Promise<ReadableStream<Uint8Array>> {
  const { engine, owner, jobId } = options;
  const first = await engine.jobs.get({ ...owner, jobId });
  const leave = enter(engine, owner);
  const stream = new JobStream(options, first, leave);
  return new ReadableStream(
    {
      start: (controller) => stream.start(controller),
      cancel: () => stream.end(),
    },
    // Nothing is made before it is asked for, but what there is to say is said at once.
    { highWaterMark: 64 },
  );
}

function enter(engine: Engine, { tenantId, userId }: Owner): () => void {
  const counts = open.get(engine) ?? new Map<string, number>();
  open.set(engine, counts);
  const name = JSON.stringify([tenantId, userId]);
  const count = counts.get(name) ?? 0;
  if (count >= MOST_PER_USER) {
    throw new HttpProblem(429, "http.too-many-streams", `At most ${MOST_PER_USER} streams of a user are open at once.`);
  }
  counts.set(name, count + 1);
  return () => {
    const left = (counts.get(name) ?? 1) - 1;
    if (left > 0) counts.set(name, left);
    else counts.delete(name);
  };
}

class JobStream {
  readonly #options: JobStreamOptions;
  readonly #leave: () => void;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #shown: string;
  #now: JobInfo;
  #ended = false;
  #looking = false;
  #timers: ReturnType<typeof setInterval>[] = [];
  #off: () => void = () => {};

  constructor(options: JobStreamOptions, first: JobInfo, leave: () => void) {
    this.#options = options;
    this.#now = first;
    this.#leave = leave;
    this.#shown = options.lastEventId ?? "";
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { engine, everyMs, signal } = this.#options;
    this.#controller = controller;
    this.#send(`retry: ${RETRY_MS}\n\n`);
    this.#off = engine.on((event) => this.#hear(event));
    this.#timers = [
      setInterval(() => void this.#look(), everyMs),
      setInterval(() => this.#send(": still here\n\n"), HEARTBEAT_MS),
      setInterval(() => void this.#checkUser(), SIGNED_IN_MS),
      setTimeout(() => this.end(), LONGEST_MS),
    ];
    signal.addEventListener("abort", this.end, { once: true });
    if (signal.aborted) this.end();
    else this.#show(this.#now);
  }

  /** Idempotent. */
  readonly end = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.#off();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal.removeEventListener("abort", this.end);
    this.#leave();
    try {
      this.#controller?.close();
    } catch {
      // It was cancelled from the other end.
    }
  };

  #hear(event: SyncEvent): void {
    if (!("jobId" in event) || event.jobId !== this.#options.jobId) return;
    if (event.type !== "run.progress") return void this.#look();
    const { phase, done, total } = event;
    this.#send(`event: progress\ndata: ${JSON.stringify({ phase, done, total: total ?? null })}\n\n`);
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#ended) return;
    this.#looking = true;
    try {
      const { engine, owner, jobId } = this.#options;
      this.#show(await engine.jobs.get({ ...owner, jobId }));
    } catch (error) {
      // A database that fails may come back; a job that is gone does not.
      if (!SyncerError.is(error) || error.code === "job.unknown" || error.code === "engine.stopped") this.end();
    } finally {
      this.#looking = false;
    }
  }

  #show(job: JobInfo): void {
    const text = JSON.stringify(jobWire(job));
    const id = eventId(job, text);
    if (id !== this.#shown) this.#send(`id: ${id}\nevent: job\ndata: ${text}\n\n`);
    this.#shown = id;
    if (!UNFINISHED.has(job.status)) this.end();
  }

  async #checkUser(): Promise<void> {
    const isSignedIn = await this.#options.isSignedIn().catch(() => false);
    if (!isSignedIn) this.end();
  }

  #send(text: string): void {
    if (!this.#ended) this.#controller?.enqueue(this.#encoder.encode(text));
  }
}

/** Another one for each state of a job that can be told apart; short, and of no meaning to clients. */
function eventId({ status, retryCount }: JobInfo, text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return `${status}-${retryCount}-${(sum >>> 0).toString(36)}`;
}

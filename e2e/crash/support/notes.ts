import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { type DocumentsSnapshot, type Note, type SyntheticDocuments, syntheticDocuments } from "@syncer/testkit";
import { USER } from "./crash-engine.ts";
import { copyDatabase, emptyDatabase } from "./database-of.ts";
import { Points } from "./points.ts";
import { NOTES_HABITS, type Rehearsal, rehearsalEngine } from "./rehearsal.ts";
import type { Prepared, Services } from "./rehearsal-stage.ts";
import { sharedClock } from "./shared-clock.ts";

/** How many notes are in step before both sides change. */
const IN_STEP = 24;

/** Two services of notes behind a real server, each in a folder of its own. */
export class Notes implements Services {
  readonly left: SyntheticDocuments;
  readonly right: SyntheticDocuments;
  readonly #server: Server;
  readonly #time = { epochMs: Date.now(), speed: 1, aheadMs: 0 };
  readonly #folder: string;
  #template = "";
  #begin: { readonly left: DocumentsSnapshot; readonly right: DocumentsSnapshot } | undefined;

  private constructor(folder: string) {
    const clock = sharedClock(this.#time);
    this.left = syntheticDocuments({ name: "left", clock, habits: NOTES_HABITS });
    this.right = syntheticDocuments({ name: "right", clock, habits: NOTES_HABITS });
    this.#folder = folder;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(folder: string): Promise<Notes> {
    const notes = new Notes(folder);
    notes.#server.listen(0, "127.0.0.1");
    await once(notes.#server, "listening");
    return notes;
  }

  async prepare(file: string): Promise<Prepared> {
    this.#begin ??= await this.#makeTemplate(file);
    await copyDatabase(this.#template, file);
    this.left.restore(this.#begin.left);
    this.right.restore(this.#begin.right);
    let before = this.left.writeCalls + this.right.writeCalls;
    return {
      rehearsal: this.#rehearsal(file),
      shown: () => ({ left: shownOn(this.left), right: shownOn(this.right) }),
      writes: () => this.left.writeCalls + this.right.writeCalls - before,
      clearStats: () => {
        before = this.left.writeCalls + this.right.writeCalls;
      },
      moveOn: (aheadMs) => {
        this.#time.aheadMs = aheadMs;
      },
    };
  }

  /** Stored ids as the titles of what they name. */
  readonly nameOf = (id: string | null): string =>
    (id === null ? undefined : (this.left.get(id) ?? this.right.get(id))?.title) ?? "nothing";

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #rehearsal(file: string): Rehearsal {
    const address = this.#server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    return { ...this.#time, what: "notes", server: `http://127.0.0.1:${port}`, file };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = "", ...path] = (request.url ?? "").split("/");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const service = name === this.left.name ? this.left : this.right;
    const headers = new Headers();
    for (const wanted of ["content-type", "if-match"]) {
      const value = request.headers[wanted];
      if (typeof value === "string") headers.set(wanted, value);
    }
    const answer = await service.fetch(`https://${name}.example/${path.join("/")}`, {
      method: request.method ?? "GET",
      headers,
      ...(body.length > 0 ? { body } : {}),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  /** A database that is connected to both, with many notes in step and twenty changes that wait for a sync. */
  async #makeTemplate(beside: string) {
    this.#template = await emptyDatabase(join(this.#folder, "template"), beside);
    const { left, right } = this;
    for (let index = 0; index < IN_STEP; index++) {
      const side = index % 2 === 0 ? left : right;
      side.put({ title: `Note ${index}`, body: "first", tags: ["x", "y"] });
    }
    const { engine, sync, close } = rehearsalEngine(this.#rehearsal(this.#template), new Points(undefined, () => {}));
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    const [report] = (await sync()).pairs;
    if (report?.status !== "succeeded") throw new Error(`the first sync ended ${report?.status}`, { cause: report });
    await close();
    change(left, right);
    return { left: left.snapshot(), right: right.snapshot() };
  }
}

/** Three new ones, three edits and two deletions on each side, and four notes that both have changed. */
function change(left: SyntheticDocuments, right: SyntheticDocuments): void {
  for (const [side, first] of [
    [left, 0],
    [right, 8],
  ] as const) {
    for (let index = 0; index < 3; index++) side.put({ title: `New on ${side.name} ${index}`, body: side.name });
    for (let index = 0; index < 3; index++) side.edit(idOf(side, first + index), { body: `${side.name} ${index}` });
    for (let index = 3; index < 5; index++) side.remove(idOf(side, first + index));
  }
  left.edit(idOf(left, 16), { body: "left body" });
  right.edit(idOf(right, 16), { tags: ["x", "right"] });
  left.edit(idOf(left, 17), { body: "left text" });
  right.edit(idOf(right, 17), { body: "right text" });
  left.remove(idOf(left, 18));
  right.edit(idOf(right, 18), { body: "edited on the right" });
  left.edit(idOf(left, 19), { body: "edited on the left" });
  right.remove(idOf(right, 19));
}

function idOf(side: SyntheticDocuments, index: number): string {
  for (const [id, { title }] of side.notes()) if (title === `Note ${index}`) return id;
  throw new RangeError(`${side.name} has no note ${index}`);
}

function shownOn(side: SyntheticDocuments): readonly string[] {
  return [...side.notes().values()].map(describeNote).sort();
}

function describeNote({ title, body, tags = [] }: Note): string {
  return `${title} | ${body} | ${[...tags].sort().join()}`;
}

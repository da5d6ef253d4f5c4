import {
  type Decision,
  type LinkFacts,
  type LinkState,
  type Presence,
  type Reconciliation,
  reconcile,
  type SideLetter,
} from "../../../src/reconcile/index.ts";
import { type Given, toInput } from "./any-input.ts";

interface Changing {
  readonly links: Map<string, LinkFacts>;
  readonly a: Record<string, Presence>;
  readonly b: Record<string, Presence>;
  readonly equal: Set<string>;
  readonly recorded: Record<string, { readonly decision?: SideLetter }>;
}

/** The world after all that was decided has been done, read again; nobody else changes anything. */
export function carriedOut(given: Given, { decisions, unmatched }: Reconciliation): Given {
  const arrivals = new Map(given.arrivals.map((arrival) => [arrival.key, arrival]));
  const world: Changing = {
    links: new Map(given.links.map((link) => [link.key, link])),
    a: { ...given.a },
    b: { ...given.b },
    equal: new Set(given.documents?.equal),
    recorded: {},
  };
  for (const key of unmatched) world.links.set(key, { ...arrivals.get(key)!, state: "unmatched", alias: false });
  for (const decision of decisions) {
    const ids = decision.keys.map((key) => world.links.get(key) ?? { ...arrivals.get(key)!, alias: false });
    for (const link of ids) carryOut(world, decision, link);
    if (decision.keys.length === 0 && decision.bId !== undefined) world.b[decision.bId] = "absent";
  }
  return {
    ...given,
    links: [...world.links.values()],
    arrivals: given.arrivals.filter(({ key }) => !world.links.has(key)),
    strays: given.strays.filter((bId) => world.b[bId] !== "absent"),
    a: world.a,
    b: world.b,
    ...(given.documents && {
      documents: {
        ...given.documents,
        equal: [...world.equal],
        // What was recorded stays so while nothing changes; what a person decided has been done.
        recorded: Object.fromEntries([...world.links.keys()].map((key) => [key, recordedOf(given, world, key)])),
      },
    }),
  };
}

function recordedOf({ documents }: Given, { recorded }: Changing, key: string): { readonly decision?: SideLetter } {
  return recorded[key] ?? documents?.recorded[key] ?? {};
}

function carryOut(
  world: Changing,
  decision: Decision,
  link: Omit<LinkFacts, "state"> & { readonly state?: LinkState },
) {
  const { action, on } = decision;
  const { key } = link;
  // A document that is made gets an id of its own.
  const { aId = `new ${key}`, bId = `new ${key}` } = link;
  const become = (state: LinkState) => world.links.set(key, { ...link, aId, bId, state });
  const inStep = () => {
    world.a[aId] = "present";
    world.b[bId] = "present";
    world.equal.add(`${aId} ${bId}`);
    become("linked");
  };
  switch (action) {
    case "create":
    case "update":
    case "merge":
    case "advance":
      inStep();
      break;
    case "remove":
      world[on ?? "b"][on === "a" ? aId : bId] = "absent";
      world.links.delete(key);
      break;
    case "drop":
      world.links.delete(key);
      break;
    case "link":
      // As they are now is how they were agreed on.
      if (world.a[aId] === "changed") world.a[aId] = "present";
      if (world.b[bId] === "changed") world.b[bId] = "present";
      become("linked");
      break;
    case "detach":
      become("detached");
      break;
    case "suppress":
      become("suppressed");
      break;
    case "conflict":
      // What was never agreed on is another than was agreed on.
      if (link.state === undefined || !agreed.has(link.state)) {
        world.a[aId] = "changed";
        world.b[bId] = "changed";
      }
      become("conflict");
      world.recorded[key] = {};
      break;
  }
}

const agreed: ReadonlySet<LinkState> = new Set<LinkState>(["linked", "conflict", "detached", "suppressed"]);

export function reconciled(given: Given): Reconciliation {
  return reconcile(toInput(given));
}

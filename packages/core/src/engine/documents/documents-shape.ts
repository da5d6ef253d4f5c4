import type { ShapeOfRun } from "../runs/shapes.ts";
import { applyDocuments } from "./apply-documents.ts";
import { planDocuments, recoverOpenDocuments } from "./plan-documents.ts";

/** A run of whole documents, which both sides may edit. */
export const documents: ShapeOfRun = {
  plan: (context, commit) => planDocuments(context, commit ? { commit } : {}),
  recover: (context, commit) => recoverOpenDocuments(context, commit),
  apply: (context, lease, plan, given) => applyDocuments(context, lease, plan, { given }),
};

import type { Clock, Random, Statement } from "../ports/index.ts";
import { newHandle } from "./handles.ts";

/** Security-relevant acts that are recorded. Codes are stable. */
export type AuditAct =
  | "connection.connected"
  | "connection.reconnected"
  | "connection.refreshed"
  | "connection.reauthorization-required"
  | "connection.revoked"
  | "connection.disconnected"
  | "connection.merged"
  | "keys.re-encrypted";

export interface AuditSubject {
  readonly tenantId: string;
  /** Absent for an act that concerns the tenant as a whole; stored as the empty string, which no user has as an id. */
  readonly userId?: string;
  readonly service?: string;
  /** Our handle of what was acted on. */
  readonly subjectId?: string;
}

/** The statement that records an act; it goes into the batch that does it, so that neither happens alone. */
export function auditEntry(act: AuditAct, subject: AuditSubject, ports: { clock: Clock; random: Random }): Statement {
  return {
    insert: "audit_log",
    rows: [
      {
        id: newHandle("aud", ports.random),
        tenant_id: subject.tenantId,
        user_id: subject.userId ?? "",
        act,
        service: subject.service ?? null,
        subject_id: subject.subjectId ?? null,
        at: ports.clock.now(),
      },
    ],
  };
}

/**
 * What the core loads when it is first needed, loaded before any test begins: reading files is work that no virtual
 * clock can see, and time would pass while it goes on. `loading.test.ts` holds this list against the source.
 */
import "../../src/connections/add-basic-connection.ts";
import "../../src/connections/add-public-connection.ts";
import "../../src/connections/begin-authorization.ts";
import "../../src/connections/complete-authorization.ts";
import "../../src/connections/disconnect.ts";
import "../../src/connections/identify-account.ts";
import "../../src/connections/standard-oauth.ts";
import "../../src/crypto/reencrypt.ts";
import "../../src/engine/containers/containers-shape.ts";
import "../../src/engine/documents/documents-shape.ts";
import "../../src/engine/log/log-shape.ts";
import "../../src/engine/membership/membership-shape.ts";
import "../../src/engine/overrides/override-calls.ts";
import "../../src/engine/plans/plan-integrity.ts";
import "../../src/engine/reports/explain.ts";
import "../../src/engine/requests/list-containers.ts";
import "../../src/engine/requests/once.ts";
import "../../src/engine/runs/run-pair.ts";
import "../../src/engine/schedules/cron-times.ts";
import "../../src/engine/schedules/schedule-calls.ts";
import "../../src/engine/stored-plans/store-plan.ts";
import "../../src/engine/stored-plans/stored-shape.ts";
import "../../src/engine/undo/undo-shape.ts";
import "../../src/engine/webhooks/receive-signed.ts";
import "../../src/engine/webhooks/webhook-calls.ts";
import "../../src/jobs/due-schedules.ts";
import "../../src/jobs/plan-calls.ts";
import "../../src/jobs/worker-pool.ts";
import "../../src/matching/create-item-matcher.ts";
import "../../src/transport/budgets.ts";
import "../../src/transport/shared/store-governor.ts";

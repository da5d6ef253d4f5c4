export { describeProvider } from "./describe-provider.ts";
export { CheckFailure } from "./ensure.ts";
export { type FastForwardClock, fastForwardClock } from "./fast-forward-clock.ts";
export type {
  ContainerControls,
  DocumentControls,
  DocumentFixtures,
  ItemFixtures,
  ProviderFixtures,
  ProviderHarness,
  SignInControls,
  StandInControls,
  TestUser,
} from "./harness.ts";
export type { ProviderCheck } from "./provider-check.ts";
export { providerChecks, providerChecksBySubject } from "./provider-checks.ts";
export { alterBody, createWire, type Interceptor, type Wire, type WireRequest } from "./wire.ts";

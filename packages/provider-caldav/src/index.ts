export { caldavDataPolicy } from "./caldav-data-policy.ts";
export type { CaldavOptions } from "./caldav-options.ts";
export { type CaldavProvider, caldav } from "./caldav-provider.ts";
export type { CaldavEvent } from "./event-resource.ts";

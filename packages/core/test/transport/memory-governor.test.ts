import { memoryGovernor } from "../../src/transport/memory-governor.ts";
import { describeGovernor } from "./support/describe-governor.ts";

describeGovernor("the governor in memory", { make: (clock) => memoryGovernor({ clock }), stretch: 1 });

/** What the compiler holds, in the step "Types" of `npm test`: the contract against the schema that the CLI reads it by. */
import type { z } from "zod";
import type { outputsSchema, StackOutputs } from "../../../cli/src/outputs";
import type { Difference } from "./difference";
import { same } from "./difference";

type Read = z.output<typeof outputsSchema>;

same<Difference<Read, StackOutputs>>();

// A field added to the contract and not to the schema, and the reverse; each an error, whether it is optional or not.
// @ts-expect-error
same<Difference<Read, StackOutputs & { since: string }>>();
// @ts-expect-error
same<Difference<Read, StackOutputs & { since?: string }>>();
// @ts-expect-error
same<Difference<Read & { since?: string }, StackOutputs>>();
// Deep inside as well.
// @ts-expect-error
same<Difference<Read, StackOutputs & { bullmq?: { worker: { family?: number } } }>>();
// @ts-expect-error
same<Difference<Omit<Read, "env"> & { env?: Read["env"] }, StackOutputs>>();
// @ts-expect-error
same<Difference<Omit<Read, "backend"> & { backend: number }, StackOutputs>>();

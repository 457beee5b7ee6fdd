import { z } from "zod";

const destination = z.object({
  role: z.enum(["cache", "queue"]),
  /** `PREFIX:NAME`; absent for keys of no queue. */
  queue: z.string().optional(),
  keys: z.number(),
});

/** What `move --json` prints. */
export const MOVE_RESULT = z.object({
  dryRun: z.boolean(),
  plan: z.array(destination),
  copied: z.object({ keys: z.number(), bytes: z.number(), seconds: z.number() }).optional(),
  compared: z.number(),
  /** Every value that is not the source's, up to a hundred. */
  differences: z.array(z.object({ key: z.string(), what: z.string() })),
});
export type MoveResult = z.infer<typeof MOVE_RESULT>;

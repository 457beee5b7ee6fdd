import { z } from "zod";
import type { Backend } from "../backend";
import type { ProcessTopologyArgs } from "./args";

export const processBackend = {
  summary: "redis-server processes on this host",
  settings: z.strictObject({
    directory: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Folder for configuration, logs and data. Default .redis-topology/<stack>. A change moves the data.",
      ),
    deleteData: z
      .boolean()
      .optional()
      .describe("Whether destroy deletes the queue's data too. Default false."),
  }),
  problems: async (args) => (await import("./plan")).planProcess(args).problems,
  load: async () => (await import("./component")).ProcessTopology,
} satisfies Backend<ProcessTopologyArgs>;

import { z } from "zod";
import type { Backend } from "../backend";
import { Supervision } from "./supervision";

export const processBackend: Backend = {
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
    supervise: z
      .enum(Object.values(Supervision))
      .optional()
      .describe(
        "Who starts the servers again after a crash or a reboot: units of the host (`up` as root), or of this user. Default: the next up.",
      ),
  }),
  problems: async (args) => (await import("./plan")).planProcess(args).problems,
  unreachable: async (args) => (await import("./reach")).supervisionProblems(args),
  load: async () => (await import("./component")).ProcessTopology,
};

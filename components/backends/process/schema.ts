import { z } from "zod";
import type { Backend } from "../backend";
import { exporter, flag, text } from "../fields";
import type { ProcessTopologyArgs } from "./args";
import { Supervision } from "./supervision";

export const processBackend = {
  summary: "redis-server processes on this host",
  settings: z.strictObject({
    directory: text,
    deleteData: flag,
    supervise: z.enum(Supervision).optional(),
    monitoring: z.strictObject(exporter).optional(),
  }),
  problems: async (args) => (await import("./plan")).planProcess(args).problems,
  unreachable: async (args) => (await import("./reach")).hostProblems(args),
  load: async () => (await import("./component")).ProcessTopology,
} satisfies Backend<ProcessTopologyArgs>;

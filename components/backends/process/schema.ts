import { z } from "zod";
import type { Backend } from "../backend";
import { flag, text } from "../fields";
import type { ProcessTopologyArgs } from "./args";

export const processBackend = {
  summary: "redis-server processes on this host",
  settings: z.strictObject({ directory: text, deleteData: flag }),
  problems: async (args) => (await import("./plan")).planProcess(args).problems,
  load: async () => (await import("./component")).ProcessTopology,
} satisfies Backend<ProcessTopologyArgs>;

import { z } from "zod";
import type { Backend } from "../backend";
import { exporter, flag, text } from "../fields";
import type { DockerTopologyArgs } from "./args";

export const dockerBackend = {
  summary: "containers on a Docker engine",
  settings: z.strictObject({
    bind: text,
    image: text,
    user: text,
    volume: text,
    deleteData: flag,
    host: text,
    certPath: text,
    sshOptions: z.array(z.string()).optional(),
    monitoring: z.strictObject({ exporterImage: text, ...exporter }).optional(),
  }),
  problems: async (args) => (await import("./plan")).planDocker(args).problems,
  unreachable: async (args) => (await import("./reach")).engineProblems(args),
  load: async () => (await import("./component")).DockerTopology,
} satisfies Backend<DockerTopologyArgs>;

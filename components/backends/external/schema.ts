import { z } from "zod";
import type { Backend } from "../backend";
import { alerts, flag, secretText, text, whole } from "../fields";
import type { ExternalTopologyArgs } from "./args";

const server = z
  .strictObject({
    url: secretText,
    host: z.string().optional(),
    port: whole,
    username: z.string().optional(),
    password: secretText,
    tls: flag,
    caCertificate: z.string().optional(),
    acceptInsecure: flag,
    clusterMode: flag,
  })
  .optional();

const monitoring = z
  .strictObject({ exporters: z.strictObject({ cache: text, queue: text }), ...alerts })
  .optional();

export const externalBackend = {
  summary: "servers that somebody else runs (Redis Cloud, Render, Upstash, your own)",
  settings: z.strictObject({ cacheServer: server, queueServer: server, checkAtDeploy: flag, monitoring }),
  problems: async (args) => (await import("./plan")).planExternal(args).problems,
  load: async () => (await import("./component")).ExternalTopology,
} satisfies Backend<ExternalTopologyArgs>;

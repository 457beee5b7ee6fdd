import { z } from "zod";
import type { Backend } from "../backend";
import { secretText } from "../secretText";
import type { ExternalTopologyArgs } from "./args";

const server = (role: string) =>
  z
    .strictObject({
      url: secretText("redis:// or rediss:// with everything in it."),
      host: z.string().optional().describe("Host name or address, instead of a url."),
      port: z.int().optional().describe("TCP port. Default 6379."),
      username: z.string().optional().describe("ACL user. Default `default`."),
      password: secretText("Its password."),
      tls: z.boolean().optional().describe("Whether the server speaks TLS. Default true, on loopback false."),
      caCertificate: z.string().optional().describe("PEM of a private certificate authority."),
      acceptInsecure: z.boolean().optional().describe("Accepts a connection without TLS or password."),
      clusterMode: z
        .boolean()
        .optional()
        .describe(
          "Whether it runs in cluster mode. Default: asked; a queue that is not checked must say it.",
        ),
    })
    .optional()
    .describe(`Where the ${role} is.`);

export const externalBackend = {
  summary: "servers that somebody else runs (Redis Cloud, Render, Upstash, your own)",
  settings: z.strictObject({
    cacheServer: server("cache"),
    queueServer: server("queue"),
    checkAtDeploy: z
      .boolean()
      .optional()
      .describe("Whether `pulumi up` connects and refuses an evicting queue. Default true."),
  }),
  problems: async (args) => (await import("./plan")).planExternal(args).problems,
  load: async () => (await import("./component")).ExternalTopology,
} satisfies Backend<ExternalTopologyArgs>;

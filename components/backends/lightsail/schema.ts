import { z } from "zod";
import type { Backend } from "../backend";
import { Power } from "./enums";

const text = (description: string) => z.string().min(1).optional().describe(description);

const container = z.strictObject({
  name: z.string().describe("1 to 53 lower-case letters, digits and hyphens."),
  image: z.string().min(1).describe("Image with a tag or digest."),
  command: z.array(z.string()).optional().describe("Launch command. Default the image's own."),
  environment: z
    .record(z.string(), z.string())
    .optional()
    .describe("Environment, over the topology's REDIS_*."),
  ports: z.record(z.string(), z.string()).optional().describe('Port to protocol: { "3000": HTTP }.'),
});

export const lightsailBackend: Backend = {
  summary: "containers of one AWS Lightsail container service, without a disk",
  settings: z.strictObject({
    existingService: text(
      "Name of a container service that exists and is only deployed into. Default: one of the stack's own.",
    ),
    power: z
      .enum(Power)
      .optional()
      .describe("Size of the node. Default: the smallest that holds everything."),
    scale: z.int().optional().describe("Only 1: every further node would be another Redis."),
    image: text("Redis or Valkey image. Default by the role's engine and version."),
    app: z.array(container).optional().describe("Your own containers, which reach Redis on localhost."),
    appMemory: text("Memory that all app containers together need. Default 256Mi a container."),
    openToRegion: z
      .boolean()
      .optional()
      .describe(
        "Whether other Lightsail services of the Region may connect as well. Default: only without an app beside Redis.",
      ),
    publicEndpoint: z
      .strictObject({
        container: z.string().describe("Name of an app container."),
        port: z.int().describe("One of its HTTP or HTTPS ports."),
        healthPath: text("Path that answers with a status from 200 to 499, beginning with /. Default /."),
      })
      .optional()
      .describe("The one port that the Internet reaches, by HTTPS. Default none."),
    deploy: z.boolean().optional().describe("Whether the containers are deployed. Default true."),
    tags: z.record(z.string(), z.string()).optional().describe("Tags on the service."),
  }),
  problems: async (args) => (await import("./plan")).planLightsail(args).problems,
  load: async () => (await import("./component")).LightsailTopology,
};

import { z } from "zod";
import type { Backend } from "../backend";
import { flag, map, text, whole } from "../fields";
import type { LightsailTopologyArgs } from "./args";
import { Power } from "./enums";

const container = z.strictObject({
  name: z.string(),
  image: z.string().min(1),
  command: z.array(z.string()).optional(),
  environment: map,
  ports: map,
});

export const lightsailBackend = {
  summary: "containers of one AWS Lightsail container service, without a disk",
  settings: z.strictObject({
    existingService: text,
    power: z.enum(Power).optional(),
    scale: whole,
    image: text,
    app: z.array(container).optional(),
    appMemory: text,
    openToRegion: flag,
    publicEndpoint: z.strictObject({ container: z.string(), port: z.int(), healthPath: text }).optional(),
    deploy: flag,
    tags: map,
  }),
  problems: async (args) => (await import("./plan")).planLightsail(args).problems,
  load: async () => (await import("./component")).LightsailTopology,
} satisfies Backend<LightsailTopologyArgs>;

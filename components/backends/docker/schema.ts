import { z } from "zod";
import type { Backend } from "../backend";

const text = (description: string) => z.string().min(1).optional().describe(description);

export const dockerBackend: Backend = {
  summary: "containers on a Docker engine",
  settings: z.strictObject({
    bind: text(
      "IP address at which the ports are published. Default 127.0.0.1; required on a remote engine.",
    ),
    image: text(
      "Image of both roles, by tag or digest. Default: the official one of the engine and version.",
    ),
    user: text("Numeric uid:gid of the servers, never root. Default 999:1000."),
    volume: text(
      "Name of the queue's volume; an existing one is used with its data, and never deleted. Default <project>-<stack>-<name>-queue-data. A change leaves data behind.",
    ),
    deleteData: z
      .boolean()
      .optional()
      .describe(
        "Whether destroy deletes the queue's volume too; not one that `volume` names. Default false.",
      ),
    host: text("The engine: unix://, ssh:// or tcp://. Default: DOCKER_HOST, else the local one."),
    certPath: text("Folder with ca.pem, cert.pem and key.pem for a tcp:// host."),
    sshOptions: z.array(z.string()).optional().describe("Options of ssh for an ssh:// host."),
  }),
  problems: async (args) => (await import("./plan")).planDocker(args).problems,
  unreachable: async (args) => (await import("./reach")).engineProblems(args),
  load: async () => (await import("./component")).DockerTopology,
};

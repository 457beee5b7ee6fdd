import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type Docker from "dockerode";
import { IMAGE_USER } from "../../../components/backends/docker/images";

/** Name of the local image, which no registry has. */
export const LOCAL_IMAGE = "redis-topology/redis:local";

/** What the official image has of what the component uses: the server, its client and a shell. */
const PROGRAMS = ["redis-server", "redis-cli", "sh", "cat", "cp", "mv", "rm", "sync"];

/** Label with a hash of the programs, by which a later test finds the image. */
const PROGRAMS_LABEL = "redis-topology.programs";

/**
 * An image of this machine's own Redis, laid out as the official one: `/data` belongs to its user. Made when the engine
 * has none of these programs. Returns its id.
 */
export async function localImage(docker: Docker): Promise<string> {
  const hash = createHash("sha256");
  for (const program of PROGRAMS) hash.update(readFileSync(fileOf(program)));
  const programs = hash.digest("hex");
  const found = await docker
    .getImage(LOCAL_IMAGE)
    .inspect()
    .catch(() => undefined);
  if (found?.Config.Labels?.[PROGRAMS_LABEL] === programs) return found.Id;
  return build(docker, programs);
}

async function build(docker: Docker, programs: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "redis-topology-image-"));
  try {
    const root = path.join(folder, "root");
    for (const program of PROGRAMS) copyProgram(program, root);
    for (const empty of ["data", "tmp", "etc"]) mkdirSync(path.join(root, empty), { recursive: true });
    const archive = path.join(folder, "image.tar");
    const [user, group] = IMAGE_USER.split(":");
    execFileSync("tar", ["-C", root, "-cf", archive, "--owner=0", "--group=0", "--exclude=./data", "."]);
    execFileSync("tar", ["-C", root, "-rf", archive, `--owner=${user}`, `--group=${group}`, "./data"]);
    const [repo, tag] = LOCAL_IMAGE.split(":");
    const changes = ["ENV PATH=/bin", "WORKDIR /data", "VOLUME /data", `LABEL ${PROGRAMS_LABEL}=${programs}`];
    const reply = await docker.importImage(createReadStream(archive), { repo, tag, changes } as object);
    await new Promise((resolve, reject) =>
      docker.modem.followProgress(reply, (error, output) => (error ? reject(error) : resolve(output))),
    );
    return (await docker.getImage(LOCAL_IMAGE).inspect()).Id;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The program and the libraries that it loads, at their own paths. */
function copyProgram(program: string, root: string): void {
  const file = fileOf(program);
  copy(file, path.join(root, "bin", program));
  for (const [library] of execFileSync("ldd", [file], { encoding: "utf8" }).matchAll(/\/[^ ]+/g)) {
    copy(realpathSync(library), path.join(root, library));
  }
}

function fileOf(program: string): string {
  return realpathSync(execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim());
}

function copy(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}

import type Docker from "dockerode";
import { LOCAL_IMAGE } from "./image";

/** Runs a command in a running container, as the container's own user. */
export async function execute(container: Docker.Container, Cmd: string[]): Promise<{ code: number | null }> {
  const exec = await container.exec({ Cmd, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  stream.resume();
  await new Promise((resolve) => stream.once("end", resolve));
  return { code: (await exec.inspect()).ExitCode };
}

/** What a command prints in a container of its own, from the local image. */
export async function runOnce(
  docker: Docker,
  options: { Cmd: string[]; Env?: string[]; HostConfig: Docker.HostConfig },
): Promise<string> {
  const container = await docker.createContainer({ Image: LOCAL_IMAGE, Tty: true, ...options });
  try {
    await container.start();
    await container.wait();
    return String(await container.logs({ stdout: true, stderr: true })).trim();
  } finally {
    await container.remove({ force: true, v: true });
  }
}

import type Docker from "dockerode";

/** Runs a command in a running container, as the container's own user. */
export async function execute(container: Docker.Container, Cmd: string[]): Promise<{ code: number | null }> {
  const exec = await container.exec({ Cmd, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  stream.resume();
  await new Promise((resolve) => stream.once("end", resolve));
  return { code: (await exec.inspect()).ExitCode };
}

/** What a command prints in a container of its own on a network. */
export async function runOnce(
  docker: Docker,
  Image: string,
  NetworkMode: string,
  env: Readonly<Record<string, string>>,
  Cmd: string[],
): Promise<string> {
  const Env = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const container = await docker.createContainer({ Image, Cmd, Env, Tty: true, HostConfig: { NetworkMode } });
  try {
    await container.start();
    await container.wait();
    return String(await container.logs({ stdout: true, stderr: true })).trim();
  } finally {
    await container.remove({ force: true, v: true });
  }
}

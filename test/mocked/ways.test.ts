import { resolve } from "node:path";
import { Provider } from "@pulumi/kubernetes/provider";
import { expect, test } from "vitest";
import { KubernetesTopology } from "../../components/backends/kubernetes";
import type { BackendName } from "../../components/backends/registry";
import type { Topology } from "../../components/contract";
import { createTopology } from "../../components/create";
import type { RecordOptions } from "./harness";
import { record, resolved } from "./harness";
import { completed, subjects } from "./subjects";

/** The ways of a topology `redis` in the stack `test`. */
async function ways(backend: BackendName, own: object = {}, options: RecordOptions = {}) {
  const subject = subjects[backend];
  const args = completed(subject, { ...subject.roles, ...(subject.roles ? {} : { queue: {} }), ...own });
  const { state, call } = subject;
  const recorded = await record(() => createTopology(backend, "redis", args), {
    state,
    call,
    ...options,
  });
  return resolved((recorded.result as Topology).ways);
}

test("process: the log's file, and a restart with the program and the configuration that run", async () => {
  const folder = resolve(".redis-topology/test/queue");
  expect(await ways("process")).toEqual({
    queue: {
      logs: ["tail", "-n", "100", "{args}", `${folder}/redis.log`],
      restart: [
        "sh",
        "-c",
        expect.stringMatching(/^pid=\$\(cat "\$0"\) && /),
        `${folder}/redis.pid`,
        `${folder}/redis.conf`,
      ],
      instead: "It listens on the loopback of the host that ran `pulumi up` only: run this command there.",
    },
  });
});

test("docker, local: the engine's own commands", async () => {
  expect(await ways("docker")).toEqual({
    queue: {
      logs: ["docker", "logs", "--tail", "100", "{args}", "redis-topology-test-redis-queue"],
      restart: ["docker", "restart", "redis-topology-test-redis-queue"],
      instead: "Its port is published on the engine's machine: run this command there.",
    },
  });
});

test("docker, by ssh: a tunnel, and nothing else where the port is published on that machine's loopback", async () => {
  const host = "ssh://ops@build.example:2222";
  const sshOptions = ["-i", "key"];
  const docker = ["docker", "--host", host];
  const ssh = [
    "ssh",
    "-N",
    "-o",
    "BatchMode=yes",
    "-o",
    "ExitOnForwardFailure=yes",
    "-i",
    "key",
    "-p",
    "2222",
  ];
  expect(await ways("docker", { host, sshOptions, bind: "127.0.0.1" })).toEqual({
    queue: {
      logs: [...docker, "logs", "--tail", "100", "{args}", "redis-topology-test-redis-queue"],
      restart: [...docker, "restart", "redis-topology-test-redis-queue"],
      tunnelOnly: true,
      tunnel: [...ssh, "-L", "127.0.0.1:{port}:127.0.0.1:6380", "ops@build.example"],
    },
  });
  expect((await ways("docker", { host: "ssh://build.example", bind: "::" }))?.queue).toMatchObject({
    tunnel: [...ssh.slice(0, 6), "-L", "127.0.0.1:{port}:[::1]:6380", "build.example"],
  });
  const open = await ways("docker", { host, sshOptions, bind: "10.0.0.7" });
  expect(open?.queue?.tunnel).toEqual([...ssh, "-L", "127.0.0.1:{port}:10.0.0.7:6380", "ops@build.example"]);
  expect(open?.queue?.tunnelOnly).toBe(undefined);
});

test("docker, by TCP: with the certificates of the stack, and no tunnel", async () => {
  const tls = [
    "--tlsverify",
    "--tlscacert=/certs/ca.pem",
    "--tlscert=/certs/cert.pem",
    "--tlskey=/certs/key.pem",
  ];
  const host = "tcp://build.example:2376";
  const { queue } = (await ways("docker", { host, certPath: "/certs", bind: "127.0.0.1" })) ?? {};
  expect(queue).toEqual({
    logs: [
      "docker",
      "--host",
      host,
      ...tls,
      "logs",
      "--tail",
      "100",
      "{args}",
      "redis-topology-test-redis-queue",
    ],
    restart: ["docker", "--host", host, ...tls, "restart", "redis-topology-test-redis-queue"],
    tunnelOnly: true,
    instead: "Its port is published on the engine's machine: run this command there.",
  });
});

test("kubernetes: kubectl with the context that the stack is deployed with", async () => {
  const { kubeconfig = "" } = (subjects.kubernetes.required?.({}) ?? {}) as { kubeconfig?: string };
  const kubectl = ["kubectl", "--kubeconfig", kubeconfig, "--context", "stage", "--namespace", "jobs"];
  const own = { namespace: "jobs", queueServer: { name: "bull" }, queue: { port: 6400 } };
  expect(await ways("kubernetes", own)).toEqual({
    queue: {
      tunnel: [...kubectl, "port-forward", "--address", "127.0.0.1", "pod/bull-0", "{port}:6400"],
      exporter: [...kubectl, "port-forward", "--address", "127.0.0.1", "pod/bull-0", "{port}:9121"],
      logs: [...kubectl, "logs", "--container", "redis", "--tail", "100", "{args}", "bull-0"],
      restart: [...kubectl, "delete", "pod", "bull-0"],
    },
  });
  const { queue } = (await ways("kubernetes", { monitoring: { exporter: false } })) ?? {};
  expect(queue).not.toHaveProperty("exporter");
});

test("kubernetes with the current context: its name, so that the commands go where the stack is", async () => {
  const own = { context: undefined, useCurrentContext: true };
  const { queue } = (await ways("kubernetes", own)) ?? {};
  expect(queue?.restart?.join(" ")).toContain(" --context other ");
});

test("kubernetes without a context: no command for whichever cluster is current", async () => {
  const { state } = subjects.kubernetes;
  const { result } = await record(
    () => {
      const provider = new Provider("own");
      return new KubernetesTopology("redis", { cache: {}, queue: {} }, { provider }).ways;
    },
    { state },
  );
  const instead = (role: string, pod: string) =>
    `The stack names no context of its cluster: run \`kubectl -n redis port-forward pod/${pod} 16379:6379\` with the right one, and add \`--endpoint ${role}=127.0.0.1:16379\`.`;
  expect(await resolved(result)).toEqual({
    cache: { instead: instead("cache", "redis-cache-0") },
    queue: { instead: instead("queue", "redis-queue-0") },
  });
});

test("elasticache: the engine's log, and a tunnel through the instance that the stack names", async () => {
  const config = { "aws:region": "eu-central-1", "aws:profile": "team" };
  const aws = ["aws", "--region", "eu-central-1", "--profile", "team"];
  const group = "redis-topology-test-redis-queue";
  const logs = [...aws, "logs", "tail", "{args}", `/aws/vendedlogs/elasticache/${group}/engine-log`];
  expect(await ways("elasticache", { bastion: "i-0a1b2c3d4e5f67890" }, { config })).toEqual({
    queue: {
      logs,
      tunnel: [
        ...aws,
        ...["ssm", "start-session", "--target", "i-0a1b2c3d4e5f67890"],
        ...["--document-name", "AWS-StartPortForwardingSessionToRemoteHost"],
        ...["--parameters", "host={host},portNumber=6379,localPortNumber={port}"],
      ],
    },
  });
  expect(await ways("elasticache", { logRetentionDays: 0 })).toEqual({
    queue: {
      instead:
        "It answers inside its VPC only: run this command there, or name an instance that Session Manager reaches as `elasticache.bastion`.",
    },
  });
});

test("lightsail: the container's log, and where the command has to run", async () => {
  const { queue } = (await ways("lightsail", {}, { config: { "aws:region": "us-east-2" } })) ?? {};
  expect(queue).toEqual({
    logs: [
      ...["aws", "--region", "us-east-2", "lightsail", "get-container-log"],
      ...["--service-name", expect.stringMatching(/-service$/), "--container-name", "redis-queue"],
      ...["--query", "logEvents[].[createdAt,message]", "--output", "text", "{args}"],
    ],
    instead:
      "It answers to the containers of its service and, by its private domain, to the services of its Region: run this command in one of them.",
  });
});

test("external: what is reached by applications is reached as it is", async () => {
  expect(await ways("external")).toEqual({
    queue: { instead: "Somebody else runs this server: use its provider's own tools." },
  });
});

import { expect, test } from "vitest";
import { exporterName, exporterText } from "../../components/backends/process/exporterUnit";
import { planProcess } from "../../components/backends/process/plan";
import { systemdProblems } from "../../components/backends/process/reach";
import type { RedisServerInputs } from "../../components/backends/process/redisServer";
import { unitProblems } from "../../components/backends/process/server/supervise";
import { unitName, unitText } from "../../components/backends/process/unit";
import { describeAll, describe as line } from "../../components/redis/problems";

const queue: RedisServerInputs = {
  role: "queue",
  owner: "project/prod/redis",
  directory: "/var/lib/redis-topology/queue",
  host: "127.0.0.1",
  port: 6380,
  directives: [],
  persists: true,
  deleteData: false,
  password: "never-in-a-unit",
  supervise: "systemd",
  memoryLimit: 671088640,
};
const REDIS = { path: "/usr/bin/redis-server", notifies: true };

const lines = (inputs: RedisServerInputs, program = REDIS) => unitText(inputs, program).split("\n");
const value = (key: string, inputs: RedisServerInputs, program = REDIS) =>
  lines(inputs, program)
    .find((line) => line.startsWith(`${key}=`))
    ?.slice(key.length + 1);

test("the unit of a queue, as a unit of the host", () => {
  expect(
    unitText(queue, REDIS),
  ).toBe(`# Written by redis-topology; \`pulumi up\` writes it again. Your own settings: systemctl edit.
[Unit]
Description=Redis, the queue of project/prod/redis
After=network.target
RequiresMountsFor=/var/lib/redis-topology/queue/data
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStartPre=/bin/sh -c "for file in \\"$$2\\" \\"$$3\\" \\"$$4\\"; do [ -e \\"$$file\\" ] && exit 0; done; [ -e \\"$$1\\" ] || exit 0; echo \\"No AOF in $$5, and this queue had data. Run: pulumi up\\" >&2; exit 1" sh /var/lib/redis-topology/queue/instance /var/lib/redis-topology/queue/data/appendonlydir/appendonly.aof.manifest /var/lib/redis-topology/queue/data/appendonly.aof /var/lib/redis-topology/queue/start-empty /var/lib/redis-topology/queue/data
ExecStart=/usr/bin/redis-server /var/lib/redis-topology/queue/redis.conf
Restart=always
RestartSec=2
TimeoutStartSec=infinity
TimeoutStopSec=600
LimitNOFILE=524288
MemoryMax=671088640
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/var/lib/redis-topology/queue
ProtectHome=yes
PrivateTmp=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelTunables=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=CAP_DAC_OVERRIDE
PrivateDevices=yes
ProtectClock=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes

[Install]
WantedBy=multi-user.target
`);
});

test("a unit of a user claims nothing that only root can give up, and starts with the user's systemd", () => {
  const user: RedisServerInputs = { ...queue, supervise: "systemd-user" };
  const only = lines(queue).filter((line) => !lines(user).includes(line));
  expect(only).toEqual([
    "After=network.target",
    "CapabilityBoundingSet=CAP_DAC_OVERRIDE",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "WantedBy=multi-user.target",
  ]);
  expect(value("WantedBy", user)).toBe("default.target");
});

test("a cache starts without data; a program without libsystemd is not waited for", () => {
  expect(value("ExecStartPre", { ...queue, persists: false })).toBeUndefined();
  expect(value("Type", queue, { ...REDIS, notifies: false })).toBe("exec");
});

test("every character of a folder reaches systemd as it is", () => {
  const odd = { ...queue, directory: '/srv/100 % "of" $HOME\\n' };
  expect(value("ExecStart", odd)).toBe('/usr/bin/redis-server "/srv/100 %% \\"of\\" $$HOME\\\\n/redis.conf"');
  expect(value("ReadWritePaths", odd)).toBe('"/srv/100 %% \\"of\\" $HOME\\\\n"');
});

test.each(["/home/me/redis", "/root/redis", "/run/user/1000/redis"])(
  "homes stay readable for %s",
  (directory) => {
    expect(value("ProtectHome", { ...queue, directory })).toBeUndefined();
    expect(value("ProtectHome", queue, { ...REDIS, path: `${directory}/bin/redis-server` })).toBeUndefined();
  },
);

test("the unit of an exporter has no password, and listens where the server does", () => {
  const watched = { ...queue, exporter: { port: 9122, keys: "db0=bull:mail:wait" } };
  expect(exporterText(watched, "/usr/bin/prometheus-redis-exporter").split("\n")).toContain(
    "ExecStart=/usr/bin/prometheus-redis-exporter --redis.addr=redis://127.0.0.1:6380 " +
      "--redis.password-file=/var/lib/redis-topology/queue/exporter.json --web.listen-address=127.0.0.1:9122 " +
      "--check-single-keys=db0=bull:mail:wait",
  );
  expect(exporterName(queue)).toBe(unitName(queue).replace(".service", "-exporter.service"));
});

test("a unit's name tells stack, topology and role, and no two folders share one", () => {
  expect(unitName(queue)).toMatch(/^redis-topology-prod-redis-queue-[0-9a-f]{8}\.service$/);
  expect(unitName({ ...queue, directory: "/elsewhere" })).not.toBe(unitName(queue));
  expect(unitName({ ...queue, owner: "project/a b/é@1" })).toMatch(/^redis-topology-a-b---1-queue-/);
});

test("what keeps a server from being watched, a sentence each", () => {
  const problems = (found: Parameters<typeof unitProblems>[2], pid?: number) =>
    unitProblems("/etc/systemd/system/q.service", "text", found, pid);
  expect(problems({ text: "text", enabled: "enabled", pid: 7 }, 7)).toEqual([]);
  // A server that does not answer is told of elsewhere.
  expect(problems({ text: "text", enabled: "enabled", pid: 0 }, undefined)).toEqual([]);
  expect(problems({ text: undefined, enabled: "", pid: 7 }, 7)).toEqual([
    "/etc/systemd/system/q.service is missing, so that systemd does not know the server",
  ]);
  expect(problems({ text: "edited", enabled: "masked-runtime", pid: 0 }, 7)).toEqual([
    "/etc/systemd/system/q.service is not as this stack writes it",
    "q.service is masked-runtime: a reboot would not start it",
    "the server (pid 7) was not started by q.service, and nobody would start it again",
  ]);
});

test("a host that cannot do it is told what to do", () => {
  const told = (supervise: "systemd" | "systemd-user", host: object) =>
    systemdProblems(supervise, {
      systemd: "running",
      user: "ann",
      isRoot: false,
      lingers: true,
      ...host,
    }).map((problem) => describeAll("", [problem]).split("  - ")[1]);
  expect(told("systemd", { systemd: "offline" })).toEqual([
    'supervise: "systemd", and no systemd answers (systemctl is-system-running: offline). Allowed: a host that systemd runs. Remove it here: the next `pulumi up` after a reboot then starts the servers; or let the backend `docker` do it.',
  ]);
  expect(told("systemd-user", { systemd: undefined })).toEqual([
    'supervise: "systemd-user", and no systemd answers (systemctl --user is-system-running: nothing). Allowed: a host that systemd runs. Remove it here: the next `pulumi up` after a reboot then starts the servers; or let the backend `docker` do it.',
  ]);
  expect(told("systemd", {})).toEqual([
    'supervise: "systemd", and the user ann may not make units of the host. Allowed: root, or units of the user. Run `pulumi up` as root, or set `supervise: systemd-user`.',
  ]);
  expect(told("systemd-user", { lingers: false })).toEqual([
    'supervise: "systemd-user", and the user ann does not linger, so that the servers would end with the last login. Allowed: a user whose systemd runs from the start of the host on. Run: sudo loginctl enable-linger ann',
  ]);
  expect(told("systemd", { isRoot: true, systemd: "degraded" })).toEqual([]);
  expect(told("systemd-user", {})).toEqual([]);
});

test("supervised, a role may have a memory limit, and a folder that a reboot empties is refused", () => {
  const args = { supervise: "systemd", queue: { memoryLimit: "1Gi" } } as const;
  expect(planProcess({ ...args, directory: "/srv/redis" }).problems).toEqual([]);
  expect(planProcess({ ...args, directory: "/var/tmp/redis" }).problems.map(line)).toEqual([
    'directory: "/var/tmp/redis", in /var/tmp. Allowed: a folder that outlives a reboot, since `supervise` starts the servers after one. Choose another, such as /var/lib/redis-topology.',
  ]);
  expect(planProcess({ queue: {}, directory: "/tmp/redis" }).problems).toEqual([]);
});

test("the guarantees say who starts Redis again", () => {
  const { queue: plain } = planProcess({ queue: {} }).guarantees;
  const { queue: supervised } = planProcess({ queue: {}, supervise: "systemd" }).guarantees;
  expect(plain?.hostCrash.detail).toContain("The next `pulumi up` starts Redis again.");
  for (const event of ["processCrash", "hostCrash"] as const) {
    expect(supervised?.[event]).toMatchObject({
      kept: true,
      detail: expect.stringContaining("systemd starts Redis again."),
    });
  }
});

import type { Refusal } from "../subjects";

export const dockerRefusals: readonly Refusal[] = [
  [
    { queue: {}, host: "box", certPath: "/certs", sshOptions: ["-v"] },
    "«host»: a text of 3 characters. Allowed: `unix:///path/to/docker.sock`, `npipe:////./pipe/docker_engine`, `ssh://user@machine` or `tcp://machine:2376`. Correct the address, or remove it for the local engine.",
    "«certPath»: given. Allowed: nothing without a `tcp://` address in `«host»`. Remove it, or set `«host»`.",
    "«sshOptions»: given. Allowed: nothing without a `ssh://` address in `«host»`. Remove it, or set `«host»`.",
  ],
  [
    { queue: {}, host: "tcp://box:2376" },
    "«bind»: missing. Allowed: an IP address of the remote engine's machine, since its loopback is out of reach from here. Set it to an address that the applications reach and nobody else does; `127.0.0.1` for use on that machine only.",
  ],
  [
    { queue: {}, bind: "box" },
    "«bind»: a text of 3 characters. Allowed: an IP address of the engine's machine. Write an address, not a name; remove it for loopback.",
  ],
  [
    { queue: { password: "short" }, bind: "0.0.0.0" },
    "queue.password: ‹shorter than 16 characters›. Allowed: 16 characters or more where `«bind»` (0.0.0.0) lets other machines in, or nothing. Remove the setting to have a password made, or bind to loopback.",
  ],
  [
    { cache: { version: "7.4" }, queue: { engine: "valkey" }, image: "redis:7", user: "0:0", volume: "a b" },
    "«image», cache.version: both given. Allowed: one of the two, since an image has its version. Remove one of them.",
    "«image»: given. Allowed: nothing when the roles have two engines: one image holds one of them. Remove it, or make `cache.engine` and `queue.engine` the same.",
    '«user»: "0:0". Allowed: a numeric uid other than 0, or `uid:gid`, such as `999:1000`. Name the user that owns `/data` in the image, by number.',
    "«volume»: a text of 3 characters. Allowed: the name of a volume: two or more letters, digits, `_`, `.` or `-`, a letter or digit first. Take a name that `docker volume ls` shows, or a new one.",
  ],
  [
    { queue: { persistence: { size: "1Gi", storageClass: "fast" } } },
    "queue.persistence.size: given. Allowed: nothing on the docker backend: a Docker volume has no size of its own, the engine's disk sets it. Remove the setting.",
    "queue.persistence.storageClass: given. Allowed: nothing on the docker backend: a Docker volume lies on the engine's disk. Remove the setting.",
  ],
  [
    { queue: {}, volume: "jobs", deleteData: true },
    "«deleteData»: true. Allowed: false beside `«volume»`: a volume that the stack names is never deleted. Remove one of the two; after a `destroy`, `docker volume rm` deletes the volume.",
  ],
];

import type { Refusal } from "../subjects";

export const externalRefusals: readonly Refusal[] = [
  [
    { queue: {}, queueServer: undefined },
    "«queueServer»: missing. Allowed: where the server is. Give `«queueServer.url»`, or its parts: host, port, password.",
  ],
  [
    { queue: { port: 1, password: "0123456789abcdef" } },
    "queue.port: given. Allowed: nothing on the external backend: it belongs to `«cacheServer»` or `«queueServer»`. Remove the setting.",
    "queue.password: given. Allowed: nothing on the external backend: it belongs to `«cacheServer»` or `«queueServer»`. Remove the setting.",
  ],
  [
    {
      queue: {
        maxMemory: "1Gi",
        memoryLimit: "2Gi",
        version: "7.4",
        engine: "redis",
        config: { hz: "5" },
        previousPassword: "x",
        persistence: { size: "1Gi", storageClass: "f" },
      },
    },
    'queue.memoryLimit: "2Gi". Allowed: at least 2 × 1Gi + 128Mi = 2176Mi, so that Redis refuses writes before the kernel kills it. Raise `queue.memoryLimit`, or lower `queue.maxMemory`.',
    "queue.maxMemory: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    "queue.memoryLimit: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    "queue.engine: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    "queue.version: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    "queue.config: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    "queue.previousPassword: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    "queue.persistence.size: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
    "queue.persistence.storageClass: given. Allowed: nothing on the external backend: the server exists already, and its provider sets it. Remove the setting.",
  ],
  [
    { queue: {}, cacheServer: { host: "cache.example", password: "given" } },
    "«cacheServer»: ‹given without `cache`›. Allowed: only together with `cache`. Add `cache: {}`, or remove `«cacheServer»`.",
  ],
  [
    { queue: {}, queueServer: { url: "http://queue.example" } },
    '«queueServer.url»: ‹a URL of the scheme "http:"›. Allowed: redis://user:password@host:port or rediss://…, without database and query. Copy it from the server\'s provider; percent-encode odd characters of the password.',
  ],
  [
    { queue: {}, queueServer: { url: "rediss://u:p@queue.example", port: 6380 } },
    "«queueServer.url»: given beside port. Allowed: the url alone, or the parts alone. Remove one of the two.",
  ],
  [
    { queue: {}, queueServer: { port: 6380 } },
    "«queueServer.host»: missing. Allowed: a host name or address, or `«queueServer.url»` instead of all parts. Use the host that the server's provider shows, without scheme, brackets and port.",
  ],
  [
    { queue: {}, queueServer: {} },
    "«queueServer.url»: missing. Allowed: redis://user:password@host:port or rediss://…, without database and query; or its parts: host, port, username, password, tls. Copy it from the server's provider, and give it as a secret.⟦ Set it with `pulumi config set --path --secret 'external.queueServer.url'`.⟧",
  ],
  [
    { queue: {}, queueServer: { host: "queue.example", port: 70000, tls: false } },
    "«queueServer.port»: 70000. Allowed: a whole number from 1 to 65535. Use the port that the server's provider shows.",
    "«queueServer.tls»: off. Allowed: TLS, since the connection leaves this host. Turn it on at the server's provider, or accept the risk with `«queueServer.acceptInsecure»: true`.",
    "«queueServer.password»: missing. Allowed: a password, since others reach this host. Give the one that the server's provider shows, as a secret, or accept the risk with `«queueServer.acceptInsecure»: true`.⟦ Set it with `pulumi config set --path --secret 'external.queueServer.password'`.⟧",
  ],
  [
    { queue: {}, checkAtDeploy: false },
    "«queueServer.clusterMode»: missing. Allowed: true or false with `«checkAtDeploy»: false`: the prefix of BullMQ's keys depends on it, and nothing asks the server. Set it to what the server is; if it was asked before, to true exactly when `prefix` of the stack's `queue` output is there.",
  ],
];

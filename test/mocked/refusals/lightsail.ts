import type { Refusal } from "../subjects";

export const lightsailRefusals: readonly Refusal[] = [
  [
    { queue: {} },
    "queue.acceptDataLoss: this backend loses the queue (processCrash: A container service has no disk. The container starts again empty. redeploy: A container service has no disk. Every deployment, of the app too, starts new containers. hostCrash: A container service has no disk.). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with `queue.acceptDataLoss: true`.",
  ],
  [
    { cache: { memoryLimit: "1Gi" } },
    "cache.memoryLimit: given. Allowed: nothing on the lightsail backend: a Lightsail container has no limit of its own; `«power»` follows from the data budgets. Remove the setting.",
  ],
  [
    { cache: { maxMemory: "4Gi" }, power: "nano" },
    "«power»: nano, 512Mi. Allowed: a node that holds 4538Mi (cache) = 4538Mi. Use large, or remove the setting.",
  ],
  [
    { cache: { maxMemory: "40Gi" } },
    "«power»: xlarge, 16Gi. Allowed: a node that holds 45088Mi (cache) = 45088Mi. Lower the data budgets or `«appMemory»`.",
  ],
  [
    { cache: { version: "7.4" }, image: "redis:7", scale: 2, tags: { "aws:x": "y" } },
    "«scale»: 2. Allowed: 1: every further node would be another Redis behind the same name. Remove the setting; for more throughput raise `«power»`, or run the app in a service of its own.",
    "«image», cache.version: both given. Allowed: one of the two, since an image has its version. Remove one of them.",
    "«tags»: a text of 5 characters with a text of 1 character as its value. Allowed: a key of 1 to 128 and a value of at most 256 letters, digits, spaces and _ . : / = + - @, the key not beginning with aws:. Shorten or rename it.",
  ],
  [
    {
      cache: {},
      app: [
        { name: "App", image: "app:1", ports: { "0": "SSH", "6379": "HTTP" } },
        { name: "redis-cache", image: "app:1" },
      ],
      deploy: false,
      appMemory: "lots",
    },
    '«appMemory»: a text of 4 characters is not a size. Allowed: a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes). Correct the size.',
    "«app.0.name»: a text of 3 characters. Allowed: 1 to 53 lower-case letters, digits and inner hyphens. Correct the name.",
    "«app.0.ports.0»: a text of 3 characters. Allowed: a port from 1 to 65535 with HTTP, HTTPS, TCP, UDP. Correct port or protocol.",
    "«app.0.ports.6379»: taken by Redis. Allowed: a port that Redis does not have: all containers share one network namespace. Choose another port.",
    '«app»: two containers called "redis-cache". Allowed: different names. Rename one of them.',
    "«app»: given beside `«deploy»: false`. Allowed: one of the two. Remove it: the containers stand in your own deployment file then.",
  ],
  [
    { cache: {}, publicEndpoint: { container: "web", port: 80 } },
    "«publicEndpoint.container»: a text of 3 characters. Allowed: the name of a container in `«app»`; never Redis. Name the container that serves HTTP.",
  ],
  [
    { cache: {}, app: [{ name: "web", image: "web:1" }], publicEndpoint: { container: "web", port: 80 } },
    '«publicEndpoint.port»: 80. Allowed: an HTTP or HTTPS port of that container. Add it to the container\'s ports: `{ "80": "HTTP" }`.',
  ],
  [
    {
      cache: {},
      app: [
        { name: "a0", image: "a:1" },
        { name: "a1", image: "a:1" },
        { name: "a2", image: "a:1" },
        { name: "a3", image: "a:1" },
        { name: "a4", image: "a:1" },
        { name: "a5", image: "a:1" },
        { name: "a6", image: "a:1" },
        { name: "a7", image: "a:1" },
        { name: "a8", image: "a:1" },
        { name: "a9", image: "a:1" },
      ],
    },
    "«app»: 11 containers. Allowed: at most 10 in a deployment, Redis among them. Merge some.",
  ],
  [
    { queue: { acceptDataLoss: true, persistence: { size: "1Gi", storageClass: "fast" } } },
    "queue.persistence.size: given. Allowed: nothing on the lightsail backend: a container service has no disk. Remove the setting.",
    "queue.persistence.storageClass: given. Allowed: nothing on the lightsail backend: a container service has no disk. Remove the setting.",
  ],
  [
    { cache: {}, existingService: "My Service", power: "micro", openToRegion: false },
    "«existingService»: a text of 10 characters. Allowed: 1 to 63 lower-case letters, digits and inner hyphens. Name it as `aws lightsail get-container-services` does.",
    "«power»: given beside `«existingService»`. Allowed: one of the two. Remove it; the service has its own, and what it has is checked.",
    "«app»: empty. Allowed: the containers that the service runs: a deployment replaces them all. Describe them here, or say `«deploy»: false` and add the output `details.containers` to your own deployment.",
    "«openToRegion»: false. Allowed: true without an app: nobody could connect. Remove it, or add the containers that use Redis as `«app»`.",
  ],
  [
    {
      cache: {},
      app: [
        { name: "a", image: "a:1", ports: { "3000": "HTTP" } },
        { name: "b", image: "b:1", ports: { "3000": "HTTP" } },
      ],
      publicEndpoint: { container: "a", port: 3000, healthPath: "health" },
    },
    "«app.1.ports.3000»: the port of `«app.0.ports.3000»`. Allowed: a port of its own: all containers share one network namespace. Let one of them listen on another port.",
    "«publicEndpoint.healthPath»: a text of 6 characters. Allowed: a path from the root, such as `/health`. Put a `/` before it.",
  ],
];

/** What may import what; docs/architecture.md draws it. `npm test` checks it. */
const { readdirSync } = require("node:fs");
const { join } = require("node:path");

/** What the rooms of one provider have in common. */
const SHARED = { elasticache: "aws", lightsail: "aws" };
/** Every folder of a backend. */
const ROOMS = readdirSync(join(__dirname, "components/backends"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !Object.values(SHARED).includes(entry.name))
  .map(({ name }) => name);
const PROVIDERS = {
  docker: "@pulumi/docker|dockerode",
  kubernetes: "@pulumi/kubernetes|@kubernetes/client-node",
  "(elasticache|lightsail)": "@pulumi/aws",
};

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "facts-of-redis-stand-below",
      comment: "components/redis knows nothing of this project but itself.",
      severity: "error",
      from: { path: "^components/redis/" },
      to: { path: "^components/(?!redis/)|node_modules/@pulumi/" },
    },
    {
      name: "the-contract-rests-on-facts",
      severity: "error",
      from: { path: "^components/contract\\.ts$" },
      to: { path: "^components/(?!redis/)" },
    },
    {
      name: "planning-decides-and-creates-nothing",
      severity: "error",
      from: { path: "^components/planning/" },
      to: { path: "^components/(?!redis/|planning/|contract\\.ts$)|node_modules/@pulumi/" },
    },
    ...ROOMS.map((room) => ({
      name: `${room}-is-a-room-of-its-own`,
      severity: "error",
      from: { path: `^components/backends/${room}/` },
      to: { path: `^components/backends/(?!${room}/${SHARED[room] ? `|${SHARED[room]}/` : ""})[^/]+/` },
    })),
    ...Object.entries(PROVIDERS).map(([room, packages]) => ({
      name: `only-${room}-imports-its-provider`,
      severity: "error",
      from: { path: "^(components|cli|config|index|settings)", pathNot: `^components/backends/${room}/` },
      to: { path: `node_modules/(${packages})/` },
    })),
    {
      name: "shared-code-knows-no-room",
      comment: "The registry alone names them; an application's tests get their servers from `process`.",
      severity: "error",
      from: {
        path: "^components/(?!backends/)|^components/backends/[^/]+$",
        pathNot: "^components/backends/registry\\.ts$|^components/client/testTopology\\.ts$",
      },
      to: { path: `^components/backends/(${[...ROOMS, ...Object.values(SHARED)].join("|")})/` },
    },
    {
      name: "by-name-like-any-user",
      comment: "The program and the commands import the package, not its sources.",
      severity: "error",
      from: { path: "^(cli/src|config/|dev/|index\\.ts|settings\\.ts|examples/)" },
      to: { path: "^components/(?!dist/)" },
    },
    {
      name: "an-application-loads-no-pulumi",
      severity: "error",
      from: { path: "^components/client/" },
      to: { path: "node_modules/", dependencyTypesNot: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|/dist/" },
    exclude: { path: "/dist/.*\\.map$" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { conditionNames: ["types", "require", "default"], exportsFields: ["exports"] },
  },
};

// Pulumi's dynamic provider process knows no TypeScript; inside this repository swc transpiles the sources.
// The published package maps `redis-topology/process-provider` straight to the compiled file.
require("../../../scripts/transpile.cjs");
module.exports = require("./provider.ts");

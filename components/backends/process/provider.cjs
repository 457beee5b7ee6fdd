// Pulumi's dynamic provider process knows no TypeScript; inside this repository the sources are transpiled.
// The published package maps `redis-topology/process-provider` straight to the compiled file.
require("../../../scripts/transpile.cjs");
module.exports = require("./provider.ts");

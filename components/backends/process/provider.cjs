// Pulumi's dynamic provider process knows no TypeScript; inside this repository the sources are run through tsx.
// The published package maps `redis-topology/process-provider` straight to the compiled file.
require("tsx/cjs");
module.exports = require("./provider.ts");

// See components/backends/process/provider.cjs.
require("tsx/cjs");
module.exports = require("./provider.ts");

// See components/backends/process/provider.cjs.
require("../../../scripts/transpile.cjs");
module.exports = require("./provider.ts");

// What Pulumi's engine starts in place of a provider's plugin; see ./plugin.ts.
require("../../scripts/transpile.cjs");
require("./plugin.ts");

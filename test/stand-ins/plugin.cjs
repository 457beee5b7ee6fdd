// What Pulumi's engine starts in place of a provider's plugin; see ./plugin.ts.
require("tsx/cjs");
require("./plugin.ts");

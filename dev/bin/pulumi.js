#!/usr/bin/env node
if (!require("../build.cjs").build()) process.exit(1);
require("../dist/launcher/main.js");

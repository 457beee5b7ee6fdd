#!/usr/bin/env node
require("../../scripts/transpile.cjs");
require("../src/main.ts").main();

#!/usr/bin/env node
require("../../scripts/transpile.cjs");
require("../launcher/main.ts");

#!/usr/bin/env node
require("tsx/cjs");
require("../launcher/main.ts");

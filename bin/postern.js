#!/usr/bin/env node
// Runs the command line with the Node that the project brings, or with the system's where that is new enough.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const brought = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
const node = existsSync(brought) ? brought : process.execPath
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const { status, signal } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
if (signal) process.kill(process.pid, signal)
process.exit(status ?? 1)

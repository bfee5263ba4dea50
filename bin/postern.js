#!/usr/bin/env node
/**
 * The command line, in the Node that the project brings, or in the system's where that is new enough. JavaScript, so
 * that Node reads what it compiled before: for an entry in TypeScript it would first load its own TypeScript parser.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

const brought = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))

if (existsSync(brought) && realpathSync(brought) !== realpathSync(process.execPath)) {
  const { status, signal } = spawnSync(brought, process.argv.slice(1), { stdio: 'inherit' })
  if (signal) process.kill(process.pid, signal)
  process.exit(status ?? 1)
}

// Reading some thousand modules fills young memory again and again; growing it in one step saves most of those collections.
v8.setFlagsFromString('--semi-space-growth-factor=16')
// Node's own choice of folder lies in the temporary one, where others of this machine could leave code for us to run.
module.enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'postern'))
await import('../src/main.ts')

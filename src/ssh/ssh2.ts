import { createRequire, registerHooks } from 'node:module'
import type { Socket } from 'node:net'
import { pathToFileURL } from 'node:url'
import type { Connection, Server, ServerConfig } from 'ssh2'
import { patchedVersion, type Ssh2Patch, ssh2Patches } from './ssh2-patches.ts'

/** A connection, with what the patches add to it. */
export interface SshConnection extends Connection {
  readonly socket: Socket
  setNoDelay(noDelay: boolean): void
  /** What is sent meanwhile gathers in memory. */
  readonly isExchangingKeys: boolean
  /** A line that `ssh` shows its user, before they are in. */
  showBanner(text: string): void
}

interface Ssh2 {
  Server: new (config: ServerConfig) => Server
}

let loaded: Ssh2 | undefined

/**
 * ssh2 with our patches, put in while Node reads its files, so that an installation needs no step of its own.
 * @throws Error with one line where another release is installed, a place to patch is not there, or ssh2 was loaded before
 */
export function loadSsh2(patches: readonly Ssh2Patch[] = ssh2Patches): Ssh2 {
  if (loaded !== undefined) return loaded
  const require = createRequire(import.meta.url)
  const { version } = require('ssh2/package.json') as { version: string }
  if (version !== patchedVersion)
    throw new Error(`ssh2 ${version} is installed, and the patches are for ${patchedVersion}: run npm ci.`)
  const folder = new URL('.', pathToFileURL(require.resolve('ssh2')))
  const waiting = new Set(patches.map(({ file }) => new URL(file, folder).href))
  const hooks = registerHooks({
    load(url, context, next) {
      const read = next(url, context)
      if (!waiting.delete(url)) return read
      const source = typeof read.source === 'string' ? read.source : new TextDecoder().decode(read.source)
      return {
        ...read,
        source: applyPatches(
          source,
          patches.filter(({ file }) => url === new URL(file, folder).href),
        ),
      }
    },
  })
  try {
    loaded = require('ssh2') as Ssh2
  } finally {
    hooks.deregister()
  }
  if (waiting.size > 0) {
    loaded = undefined
    throw new Error(`ssh2 was loaded before it could be patched: ${[...waiting].join(', ')}`)
  }
  return loaded
}

/** @throws Error where a place is not there exactly once */
export function applyPatches(source: string, patches: readonly Ssh2Patch[]): string {
  return patches.reduce((text, { file, why, find, replace }) => {
    const pieces = text.split(find)
    if (pieces.length !== 2)
      throw new Error(`ssh2/lib/${file} has ${pieces.length - 1} places for the patch “${why}”, and must have one.`)
    return pieces.join(replace)
  }, source)
}

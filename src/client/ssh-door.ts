import { parseSshPublicKey } from '../protocols/ssh/public-key.ts'
import { askServer } from './ask-server.ts'
import { ClientError } from './client-error.ts'
import type { Place } from './place.ts'

/** Where an instance is reached over SSH, and by which key it is known there. */
export interface SshDoor {
  host: string
  port: number
  /** One line for `known_hosts`. */
  knownHosts: string
}

/** Undefined where it is not reached over SSH at all. @throws ClientError where what it says cannot be used */
export async function findSshDoor({ origin }: Place): Promise<SshDoor | undefined> {
  const { body } = await askServer(`${origin}/api/v1/ssh`)
  const { ssh } = body
  if (typeof ssh !== 'object' || ssh === null) return undefined
  const { host, port, publicKey } = ssh as Record<string, unknown>
  // It is written into files that ssh obeys.
  const isUsable = typeof host === 'string' && /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(host)
  if (!isUsable || typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ClientError(`${origin} names no address for SSH.`)
  const { type, blob } = parseSshPublicKey(typeof publicKey === 'string' ? publicKey : '')
  const known = port === 22 ? host : `[${host}]:${port}`
  return { host, port, knownHosts: `${known} ${type} ${blob.toString('base64')}\n` }
}

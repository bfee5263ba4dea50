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

/**
 * Undefined where it is not reached over SSH at all. It is written into files that ssh obeys, so an instance speaks for
 * its own host and those below it alone; for another one only where its person named that.
 * @throws ClientError where what it says cannot be used
 */
export async function findSshDoor({ origin }: Place, named: string | undefined): Promise<SshDoor | undefined> {
  const { body } = await askServer(`${origin}/api/v1/ssh`)
  const { ssh } = body
  if (typeof ssh !== 'object' || ssh === null) return undefined
  const { host, port, publicKey } = ssh as Record<string, unknown>
  const isUsable = typeof host === 'string' && /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(host)
  if (!isUsable || typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ClientError(`${origin} names no address for SSH.`, 'Tell whoever runs it.')
  if (named === undefined ? !isBelow(host, new URL(origin).hostname) : named !== host)
    throw new ClientError(
      `${origin} says that git comes in over SSH at ${host}, and your ssh would trust it for that host from then on.`,
      `If that host is part of it, run this again with: --ssh-host ${host}`,
    )
  const { type, blob } = parseSshPublicKey(typeof publicKey === 'string' ? publicKey : '')
  const known = port === 22 ? host : `[${host}]:${port}`
  return { host, port, knownHosts: `${known} ${type} ${blob.toString('base64')}\n` }
}

const isBelow = (host: string, own: string): boolean => `.${host.toLowerCase()}`.endsWith(`.${own}`)

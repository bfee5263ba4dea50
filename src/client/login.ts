// client owns what a person runs on their own machine: signing in from a terminal, and git's credentials. It speaks the
// public API from outside, as any program could, opens no table, and keeps what is secret in one private folder.

import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ClientError } from './client-error.ts'
import { listKnownOrigins, originFile, placeFolder, writePrivate } from './folder.ts'
import { type Certificate, getCertificate } from './get-certificate.ts'
import { lockName, withLock } from './lock.ts'
import { loginHelp, parseLoginOptions } from './login-options.ts'
import { getEndpoints, revokeToken, type Tokens } from './oauth.ts'
import { orOneLine, plainLine, standard } from './output.ts'
import { parsePlace, type Place } from './place.ts'
import { type ClientParts, loginScope, signIn } from './sign-in.ts'
import { addToAgent, canAddToAgent } from './ssh-agent.ts'
import { includeInConfig, includeLine, isIncluded, renderSshConfig } from './ssh-config.ts'
import { findSshDoor, type SshDoor } from './ssh-door.ts'
import { certificateFile, getKey, readOwnKey, type SshKeyFile } from './ssh-key.ts'
import { loadTokens, saveTokens } from './token-store.ts'

export const login = (args: readonly string[], parts: ClientParts = started()): Promise<number> =>
  orOneLine('login', parts.output, async () => {
    const options = parseLoginOptions(args)
    if (options === 'help') {
      parts.output.out(loginHelp)
      return 0
    }
    const place = await placeOf(options.address, parts)
    // What can fail without a tap fails before it.
    const endpoints = await getEndpoints(place)
    const folder = await placeFolder(parts.env, place)
    const door = await findSshDoor(place, options.sshHost)
    if (door === undefined)
      throw new ClientError(
        `${place.origin} is not reached over SSH.`,
        'git works over HTTPS: see postern git-credential --help',
      )
    const findKey = () => (options.key === undefined ? getKey(folder, parts.env) : readOwnKey(options.key))
    await findKey()
    const tokens = await signIn(endpoints, { scope: loginScope, isDevice: options.isDevice }, parts)
    const { former, ...made } = await withLock(
      join(folder, lockName),
      () => undefined,
      async () => {
        // Once more: who signed out while this waited for the tap took what was here away.
        const key = await findKey()
        const certificate = await getCertificate(place, tokens, key, options.hours)
        const former = await keepTokens(place, folder, tokens)
        await tellSsh(folder, door, key)
        return { key, certificate, former }
      },
    ).catch(async (error: unknown) => {
      // Nothing goes on at the server that nobody here knows of.
      await revokeToken(endpoints, tokens.refreshToken).catch(() => undefined)
      throw error
    })
    if (former !== undefined) await revokeToken(endpoints, former.refreshToken).catch(() => undefined)
    await sayDone({ ...made, door, isWritten: options.writeConfig }, parts)
    return 0
  })

/** What a command of this machine works with. */
export const started = (): ClientParts => ({ output: standard, env: process.env, now: Date.now, wait: setTimeout })

/** The one that was named, or the only one that this machine knows. @throws ClientError */
export async function placeOf(address: string | undefined, { env }: ClientParts): Promise<Place> {
  if (address !== undefined) return parsePlace(address)
  const origins = await listKnownOrigins(env)
  const [only] = origins
  if (only !== undefined && origins.length === 1) return parsePlace(only)
  throw only === undefined
    ? new ClientError('Which server?', 'Such as: postern login https://git.example.com')
    : new ClientError(`Which server? You have been at ${origins.join(', ')}.`, 'Name one of them.')
}

/** Returns what was there before, which is of no use any more and ends at the server too. */
async function keepTokens(place: Place, folder: string, tokens: Tokens): Promise<Tokens | undefined> {
  const former = await loadTokens(folder)
  await saveTokens(folder, tokens)
  await writePrivate(join(folder, originFile), `${place.origin}\n`)
  return former
}

async function tellSsh(folder: string, door: SshDoor, key: SshKeyFile): Promise<void> {
  const knownHosts = join(folder, 'known_hosts')
  await writePrivate(knownHosts, door.knownHosts)
  await writePrivate(join(folder, 'ssh_config'), renderSshConfig(door, key, knownHosts))
}

async function sayDone(
  made: { certificate: Certificate; key: SshKeyFile; door: SshDoor; isWritten: boolean },
  { output, env, now }: ClientParts,
): Promise<void> {
  const { certificate, key, door, isWritten } = made
  const until = new Date(certificate.expiresAt).toLocaleString()
  output.err(`\nYou have an SSH certificate for ${plainLine(certificate.principal)} until ${until}.\n`)
  output.err(`  ${certificateFile(key)}\n`)
  if (await canAddToAgent(key, env)) {
    await addToAgent(key, certificate, now(), env)
    output.err('It is in your ssh-agent until then.\n')
  }
  if (isWritten && !(await isIncluded(env))) await includeInConfig(env)
  if (await isIncluded(env)) output.err(`Try it: ssh -T git@${door.host}\n`)
  else
    output.err(
      `\nPut this line on top of ~/.ssh/config, or run this again with --write-config:\n\n  ${includeLine(env)}\n\n` +
        `Then try it: ssh -T git@${door.host}\n`,
    )
}

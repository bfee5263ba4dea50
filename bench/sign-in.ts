import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { Rule } from '../src/policy/rule.ts'
import { Person } from '../src/walk/person.ts'
import { setRules } from '../test/support/guardrails.ts'
import { ownCpuMs, treeCpuMs } from './cpu-time.ts'
import { KeepAliveClient } from './keep-alive-client.ts'
import { alternate, type Group } from './measure.ts'
import { createRawVerify } from './raw-verify.ts'
import { serve, throwAwayFolder } from './served.ts'

const perRound = 1000
// V8 goes on optimising for several thousand sign-ins.
const warmUpRounds = 6
const browsers = 4
const rawTimes = 5000
// All of them come from this machine, as fast as they can.
const manySignIns = ['--rate-limit', '10000000']

/**
 * Both requests of a sign-in against the real server in a process of its own; signing and sending happen in this one,
 * so the server's CPU is the verification, HTTP, the store and the audit event. On a file system in memory a commit is
 * the same work and its fsync costs nothing: that is the figure without the fsync. The one on disk stands beside it.
 */
export const signIn: Group = {
  name: 'sign-in',
  does: 'a whole sign-in on the server, over HTTP, beside raw crypto.verify',
  async run({ rounds }) {
    const raw = createRawVerify()
    const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
    await using inMemory = await startSigningIn(memory)
    await using guarded = await startSigningIn(memory, guardrails)
    await using onDisk = await startSigningIn(tmpdir())
    const sides = {
      raw: () => (ownCpuMs(() => void Array.from({ length: rawTimes }, raw)) * 1000) / rawTimes,
      memory: () => inMemory.cpuPerSignIn(),
      guarded: () => guarded.cpuPerSignIn(),
      disk: () => onDisk.cpuPerSignIn(),
    }
    await alternate(warmUpRounds, sides)
    const measured = await alternate(rounds, sides)
    const peer = { name: 'raw `crypto.verify`', value: measured.raw }
    const what = 'whole sign-in on the server: two requests, one durable commit; CPU'
    return [
      {
        measured: `${what} without the fsync (data folder in memory)`,
        unit: 'µs',
        ours: measured.memory,
        peer,
        reach: { ratio: 5 },
      },
      {
        measured: `the same with ${guardrails.length} guardrails in force, half of them about this person`,
        unit: 'µs',
        ours: measured.guarded,
        peer: { name: 'the same without any', value: measured.memory },
        reach: { ratio: 1.2 },
      },
      { measured: 'the same with the fsync (data folder on disk)', unit: 'µs', ours: measured.disk, peer },
    ]
  },
}

/** Every part a rule can have, about everybody or a group, met by the one who signs in. */
const guardrails: Rule[] = Array.from({ length: 24 }, (_, index) => ({
  id: `rule-${index}`,
  title: `Rule ${index}`,
  mode: 'enforce',
  who: [index % 2 === 0 ? 'everyone' : index % 4 === 1 ? 'group:crew' : 'role:guest'],
  does: ['sign-in'],
  requires: [
    { strength: 'device-bound' as const },
    { models: { deny: ['synced'] } },
    { networks: [`10.${index}.0.0/16`, '127.0.0.0/8', '::1'] },
  ][index % 3] ?? { strength: 'passkey' as const },
}))

async function startSigningIn(
  root: string,
  rules: Rule[] = [],
): Promise<AsyncDisposable & { cpuPerSignIn(): Promise<number> }> {
  await using undo = new AsyncDisposableStack()
  const { path } = undo.use(await throwAwayFolder(root))
  const { origin, pid, setupLink } = undo.use(await serve({ dataFolder: join(path, 'data'), flags: manySignIns }))
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  if (rules.length > 0) {
    await ana.act('POST', '/groups', { name: 'crew', description: '' })
    await ana.act('PUT', '/groups/crew/members/ana', {})
    await setRules(ana, rules)
  }
  const clients = Array.from({ length: browsers }, () => undo.use(new KeepAliveClient(origin)))
  const kept = undo.move()
  return {
    async cpuPerSignIn() {
      const before = treeCpuMs(pid)
      let left = perRound
      const work = async (client: KeepAliveClient): Promise<void> => {
        while (left-- > 0) await signInOnce(client, ana.authenticator, origin)
      }
      await Promise.all(clients.map(work))
      return ((treeCpuMs(pid) - before) * 1000) / perRound
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Both requests of a sign-in. */
export async function signInOnce(
  client: KeepAliveClient,
  authenticator: SoftwareAuthenticator,
  origin: string,
): Promise<void> {
  const { ceremonyId, publicKey } = await client.post<{
    ceremonyId: string
    publicKey: PublicKeyCredentialRequestOptionsJSON
  }>('/api/v1/sign-in/begin', {})
  await client.post('/api/v1/sign-in/finish', { ceremonyId, response: authenticator.get(publicKey, origin) })
}

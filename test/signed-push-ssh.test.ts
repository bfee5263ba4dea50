import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { requestOf, startPush } from './support/held-push.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { type SshAgent, startSshAgent } from './support/ssh-agent.ts'
import { openSshDoor, run, type SshDoor } from './support/ssh-door.ts'
import { addSshKey } from './support/ssh-keys.ts'

describe('a push over SSH, and how long ago its person touched a key', () => {
  let door: SshDoor
  let ana: Person
  let held: Repository
  let agent: SshAgent
  let laterMs = 0
  const stick = new TestSshKey('sk-ecdsa-sha2-nistp256@openssh.com', { comment: 'stick' })
  const file = new TestSshKey('ssh-ed25519', { comment: 'file' })
  before(async () => {
    door = await openSshDoor([], { now: () => Date.now() + laterMs })
    ana = await door.started.owner()
    held = await makeHeld(door.started, ana, 'payments/api')
    agent = await startSshAgent()
    await addSshKey(ana, stick, { name: 'stick' })
    await addSshKey(ana, file, { name: 'file' })
    await held.git('remote', 'add', 'ssh', door.url('payments/api'))
    await held.git('switch', '--quiet', '--create', 'release/1')
  })
  after(async () => {
    await agent[Symbol.asyncDispose]()
    await door[Symbol.asyncDispose]()
  })
  const push = (key: TestSshKey, ...args: string[]) => pushBy([], key, ...args)
  const pushBy = (options: string[], key: TestSshKey, ...args: string[]) => {
    agent.held.splice(0, agent.held.length, { key })
    return startPush(held.work, held.token, args, {
      GIT_SSH_COMMAND: [...door.sshCommand({ agent: agent.socket }), ...options].join(' '),
      SSH_AUTH_SOCK: agent.socket,
    })
  }
  const commit = async (name: string): Promise<string> => {
    await writeFile(join(held.work, name), name)
    return held.commit(name)
  }

  test('a rule about the age of a tap is met by the touch that began the connection, and by no key in a file', async () => {
    await setRules(ana, [shipped('tap-to-push', { requires: { freshnessSeconds: 3600 } })])
    const oid = await commit('touched.txt')
    const landed = await push(stick, 'ssh', 'release/1').ended
    assert.equal(landed.code, 0, landed.screen)
    assert.equal(await held.tip('release/1'), oid)

    await commit('file.txt')
    const waiting = push(file, 'ssh', 'release/1')
    const { id } = await requestOf(waiting, ana)
    await waiting.seen(/must have tapped within the last/)
    await ana.call('POST', `/seal-requests/${id}/refuse`)
    assert.notEqual((await waiting.ended).code, 0)
  })

  test('a touch at the login is no tap bound to the push; a signed push is one, over SSH too', async () => {
    await setRules(ana, [shipped('tap-to-push')])
    const oid = await commit('bound.txt')
    const waiting = push(stick, 'ssh', 'release/1')
    const { id } = await requestOf(waiting, ana)
    await ana.call('POST', `/seal-requests/${id}/refuse`)
    assert.notEqual((await waiting.ended).code, 0)

    await held.git('config', 'gpg.format', 'ssh')
    await held.git('config', 'user.signingKey', `key::${stick.line}`)
    stick.verification = true
    const landed = await push(stick, '--signed', 'ssh', 'release/1').ended
    stick.verification = false
    assert.equal(landed.code, 0, landed.screen)
    assert.equal(await held.tip('release/1'), oid)
    const row = await held.lastUpdate('refs/heads/release/1')
    assert.deepEqual([row.strength, row.method.split(' ')[0]], ['passkey', 'ssh-key'])
  })

  test('on one connection that stays open, each push is as old as the touch that began it', async () => {
    await setRules(ana, [shipped('tap-to-push', { requires: { freshnessSeconds: 600 } })])
    const path = join(await door.folder('masters'), 'one')
    const shared = Object.entries({ ControlMaster: 'auto', ControlPath: path, ControlPersist: '600' }).flatMap(
      ([name, value]) => ['-o', `${name}=${value}`],
    )
    const lands = async (options: string[], name: string): Promise<void> => {
      const oid = await commit(name)
      const { code, screen } = await pushBy(options, stick, 'ssh', 'release/1').ended
      assert.equal(code, 0, screen)
      assert.equal(await held.tip('release/1'), oid)
    }
    const touches = agent.signed.length
    try {
      await lands(shared, 'first.txt')
      await lands(shared, 'second.txt')
      laterMs = 601_000
      const tip = await held.tip('release/1')
      await commit('late.txt')
      const waiting = pushBy(shared, stick, 'ssh', 'release/1')
      const { id } = await requestOf(waiting, ana)
      await waiting.seen(/must have tapped within the last/)
      await ana.call('POST', `/seal-requests/${id}/refuse`)
      assert.notEqual((await waiting.ended).code, 0)
      assert.equal(await held.tip('release/1'), tip)
      assert.equal(agent.signed.length - touches, 1, 'it was one connection')
      await lands([], 'anew.txt')
      assert.equal(agent.signed.length - touches, 2)
    } finally {
      await run('ssh', ['-F', '/dev/null', '-o', `ControlPath=${path}`, '-O', 'exit', 'git@localhost'])
    }
  })
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Person } from '../src/walk/person.ts'
import { listQuarantines, requestOf } from './support/held-push.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const program = `
  const { loadConfig } = await import(${JSON.stringify(new URL('../src/config.ts', import.meta.url).href)})
  const { createPostern } = await import(${JSON.stringify(new URL('../src/server.ts', import.meta.url).href)})
  const postern = await createPostern(loadConfig(process.argv.slice(1), {}))
  await postern.listen()
  console.log('listening')`

async function begin(postern: StartedPostern): Promise<{ ana: Person; held: Repository; before: string }> {
  const ana = await postern.owner()
  const held = await makeHeld(postern, ana, 'payments/api')
  await held.setPush('main', 'tap')
  const before = await held.tip('main')
  await held.commit('waiting.txt')
  return { ana, held, before }
}

test('a push that nobody taps for ends by itself, and so does its request', async () => {
  await using postern = await startPostern({ flags: ['--push-wait-seconds', '10'] })
  const { ana, held, before } = await begin(postern)
  const push = held.push('-o', 'no-qr', 'main')
  const { id } = await requestOf(push, ana)
  const { code, screen } = await push.ended
  assert.notEqual(code, 0)
  assert.match(screen, /This push waits 10 seconds/)
  assert.doesNotMatch(screen, /[▀▄█]/)
  assert.match(screen, /Nobody tapped within 10 seconds\. Push again when you can\./)
  await refused(ana.tap(id), 409, 'push-over')
  assert.equal(await held.tip('main'), before)
  assert.deepEqual(await held.outcomes(), ['timed-out'])
})

test('a server that stops tells whoever waits', async () => {
  await using postern = await startPostern()
  const { ana, held, before } = await begin(postern)
  const push = held.push('main')
  const { id } = await requestOf(push, ana)
  await postern.restart()
  const { code, screen } = await push.ended
  assert.notEqual(code, 0)
  assert.match(screen, /The server stops just now\. Push again in a moment\./)
  await refused(ana.tap(id), 409, 'push-over')
  assert.deepEqual([await held.tip('main'), await held.outcomes()], [before, ['stopped']])
})

test('a server that is killed leaves nothing that could still be tapped for', async () => {
  await using postern = await startPostern()
  const { ana, held, before } = await begin(postern)
  const data = join(postern.folder, 'data')
  const port = new URL(postern.origin).port
  const flags = ['--port', port, '--data', data, '--ssh-port', 'off', '--log-level', 'fatal']
  await postern.postern.close()
  const server = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let id: string
  let push
  try {
    await once(server.stdout, 'data')
    push = held.push('main')
    id = (await requestOf(push, ana)).id
    assert.equal((await listQuarantines(postern)).length, 1)
  } finally {
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
  assert.notEqual((await push.ended).code, 0)
  await postern.restart()
  assert.deepEqual(await listQuarantines(postern), [])
  await refused(ana.tap(id), 409, 'push-over')
  await refused(ana.call('GET', `/seal-requests/${id}/change/files`), 409, 'push-over')
  assert.deepEqual([await held.tip('main'), await held.outcomes()], [before, ['stopped']])
  assert.deepEqual(
    (await held.refusals()).map(({ code }) => code),
    ['server-stopped'],
  )
  const again = held.push('main')
  await ana.tap((await requestOf(again, ana)).id)
  assert.equal((await again.ended).code, 0)
})

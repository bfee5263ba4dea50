import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AccessEnd } from '../src/identity/ending/shapes.ts'
import type { PipelineList, PipelineView } from '../src/machines/workloads/shapes.ts'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import { letIn, newPipeline, ownType, refusedExchange, trade } from './support/exchange.ts'
import { startHold } from './support/hold.ts'
import { startMailServer } from './support/mail-server.ts'
import { newSshKey } from './support/ssh-key-line.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { newSigner, startWorkloadIssuer } from './support/workload-issuer.ts'

const shop = '/projects/acme/repositories/shop'
const pipelines = `${shop}/pipelines`
// More than the buffers between git and the server hold, so that what is held has not ended in secret.
const packBytes = 24 * 1024 ** 2

for (const { name, flags } of eitherStore)
  test(`keys that somebody gave let nobody in once that person’s access has ended, on ${name}`, async () => {
    const [bos, anas] = [await newSigner(), await newSigner()]
    const keysOf = ({ publicKey }: typeof bos): string => JSON.stringify({ keys: [publicKey] })
    await using mail = await startMailServer()
    await using issuer = await startWorkloadIssuer()
    const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com']
    await using postern = await startPostern({ flags: [...(await flags()), ...smtp] })
    const { origin } = postern
    const ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'acme', description: '' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
    const bo = await postern.join(ana, 'bo')
    await ana.act('PUT', `${shop}/members/user/bo`, { role: 'admin' })
    const elsewhere = 'https://ci.example'
    const { id } = await letIn(bo, shop, newPipeline(elsewhere, { keys: keysOf(bos) }))
    // Of ana's pipelines one gets keys of bo's, and one of bo's gets ana's.
    const given = await letIn(ana, shop, newPipeline('https://given.example', { keys: keysOf(anas) }))
    await bo.act('PATCH', `${pipelines}/${given.id}`, { keys: keysOf(bos) })
    const taken = await letIn(bo, shop, newPipeline('https://taken.example', { keys: keysOf(bos) }))
    await ana.act('PATCH', `${pipelines}/${taken.id}`, { keys: keysOf(anas) })
    await ana.act('PATCH', `${pipelines}/${taken.id}`, { keys: keysOf(anas), access: 'write' })
    const form = async (signer: typeof bos, iss = elsewhere) => ({
      subject_token: await issuer.sign({ iss }, {}, signer),
      resource: `${origin}/acme/shop`,
    })
    const { access_token: token } = await trade(origin, 'acme/shop', (await form(bos)).subject_token)

    const work = join(postern.folder, 'work')
    await mkdir(work)
    await gitOrThrow(work, ['init', '-q', '-b', 'main'])
    await writeFile(join(work, 'fuel.bin'), randomBytes(packBytes))
    await gitOrThrow(work, ['add', '.'])
    await gitOrThrow(work, ['commit', '-q', '-m', 'fuel'], commitAs('Bo', 'bo@example.com', Date.now()))
    await gitOrThrow(work, [...withToken(token), 'push', '-q', `${origin}/acme/shop.git`, 'main'])
    await using hold = await startHold({
      origin,
      matches: ({ method, url = '' }) => method === 'POST' && url.endsWith('/git-upload-pack'),
      from: 'server',
      bytes: 1024 ** 2,
    })
    const into = join(postern.folder, 'cut')
    const cloning = git(work, [...withToken(token), 'clone', '-q', `${hold.address}/acme/shop.git`, into])
    await hold.held

    await ana.act('POST', '/people/bo/end', { reason: '' })
    hold.letGo()
    assert.notEqual((await cloning).code, 0, 'what is open is cut')
    assert.notEqual((await git(work, [...withToken(token), 'ls-remote', `${origin}/acme/shop.git`])).code, 0)
    await refusedExchange(origin, { subject_token: token, subject_token_type: ownType }, 'invalid_request')
    await refusedExchange(origin, await form(bos), 'invalid_target')
    await refusedExchange(origin, await form(bos, 'https://given.example'), 'invalid_target')
    await trade(origin, 'acme/shop', (await form(anas, 'https://taken.example')).subject_token)
    for (;;) {
      const letter = await mail.next()
      if (letter.headers.get('subject') !== 'Somebody must keep a pipeline of your repository') continue
      assert.match(letter.text, /comes in no more until somebody keeps it/)
      break
    }

    // Whoever keeps it is told whose keys these are; new ones are as good.
    const { sealRequestId = '' } = await refused(ana.call('POST', `${pipelines}/${id}/keep`, {}), 401, 'seal-required')
    const { facts } = await ana.call<{ facts: { warnings: string[] } }>('GET', `/seal-requests/${sealRequestId}`)
    assert.match(facts.warnings.join(' '), /Bo Example, who answered for its keys, has no access any more/)
    await ana.act<PipelineView>('POST', `${pipelines}/${id}/keep`, {})
    await trade(origin, 'acme/shop', (await form(bos)).subject_token)
    const renewed = await ana.act<PipelineView>('PATCH', `${pipelines}/${given.id}`, { keys: keysOf(anas) })
    assert.deepEqual([renewed.keepBy, renewed.steward?.username], [null, 'ana'])
    await trade(origin, 'acme/shop', (await form(anas, 'https://given.example')).subject_token)
    const { items } = await ana.call<PipelineList>('GET', pipelines)
    assert.ok(items.every(({ keepBy }) => keepBy === null))
  })

test('a receipt says how many deploy keys somebody brought, and until when they live', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
  const bo = await postern.join(ana, 'bo')
  await ana.act('PUT', `${shop}/members/user/bo`, { role: 'admin' })
  const add = (name: string, expiresInDays: number) =>
    bo.act<{ id: string; expiresAt: number }>('POST', `${shop}/deploy-keys`, {
      name,
      publicKey: newSshKey(),
      access: 'read',
      expiresInDays,
      rotation: null,
    })
  const gone = await add('gone', 300)
  await bo.act('DELETE', `${shop}/deploy-keys/${gone.id}`)
  await add('one', 10)
  const { expiresAt } = await add('two', 20)
  const { remains } = await ana.act<AccessEnd>('POST', '/people/bo/end', { reason: '' })
  assert.deepEqual(
    remains.filter(({ what }) => what.includes('deploy keys')),
    [
      {
        what: 'Whoever has the private half of the deploy keys they brought comes in: 2. Each wants a new one.',
        until: expiresAt,
      },
    ],
  )
})

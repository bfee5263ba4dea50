import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findTokenCaller } from '../src/access-keys/api-tokens.ts'
import { renewToken } from '../src/machines/workloads/renew.ts'
import type { PipelineView } from '../src/machines/workloads/shapes.ts'
import { git, withToken } from '../src/walk/git.ts'
import { exchange, letIn, newPipeline, refusedExchange, trade } from './support/exchange.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { newSigner, startWorkloadIssuer } from './support/workload-issuer.ts'

const outbound = ['--outbound-allow', '127.0.0.1']
const shop = '/projects/acme/repositories/shop'

for (const { name, flags } of eitherStore)
  test(`a token that is being renewed while its terms change makes no other, on ${name}`, async () => {
    await using issuer = await startWorkloadIssuer()
    await using postern = await startPostern({ flags: [...(await flags()), ...outbound] })
    const { origin } = postern
    const { database, policy, now } = postern.postern.ceremonies
    const ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'acme', description: '' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
    const { id } = await letIn(ana, shop, newPipeline(issuer.issuer))
    const { access_token: former } = await trade(origin, 'acme/shop', await issuer.sign())
    const renewing = renewToken(
      {
        database,
        cut: () => assert.fail('no token was renewed twice'),
        now,
        async findCaller(shown) {
          const caller = await findTokenCaller({ database, policy }, shown, now())
          const conditions = [{ claim: 'repository', value: 'acme/other' }]
          await ana.act<PipelineView>('PATCH', `${shop}/pipelines/${id}`, { conditions })
          return caller
        },
      },
      { subjectToken: former, address: '127.0.0.1', target: null, scopes: null },
    )
    await assert.rejects(renewing, /was ended/)
    assert.notEqual((await git('/', [...withToken(former), 'ls-remote', `${origin}/acme/shop.git`])).code, 0)
    const tokens = await database.read.selectFrom('workloadToken').select('tokenId').execute()
    assert.equal(tokens.length, 1)
  })

test('a key that is taken back while a token of it is judged lets nobody in', async () => {
  const [stolen, fresh] = [await newSigner(), await newSigner()]
  const keysOf = ({ publicKey }: typeof stolen): string => JSON.stringify({ keys: [publicKey] })
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern({ flags: outbound })
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
  const { id } = await letIn(ana, shop, newPipeline(issuer.issuer, { keys: keysOf(stolen) }))
  // Asked while the token is judged, this one keeps it waiting.
  await letIn(ana, shop, newPipeline(issuer.issuer, { name: 'asked' }))
  const asked = Promise.withResolvers<() => void>()
  issuer.answer((_request, response) => asked.resolve(() => response.writeHead(500).end()))
  const form = { subject_token: await issuer.sign({}, {}, stolen), resource: `${postern.origin}/acme/shop` }
  const judging = refusedExchange(postern.origin, form, 'invalid_request')
  const answer = await asked.promise
  await ana.act('PATCH', `${shop}/pipelines/${id}`, { keys: keysOf(fresh) })
  answer()
  assert.match(await judging, /just been changed or ended/)
})

test('a stranger does not learn which private repository trusts an issuer that is silent', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern({ flags: outbound })
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
  const silent = 'http://127.0.0.1:9'
  await letIn(ana, shop, newPipeline(silent))
  const forged = await newSigner()
  const show = async (repository: string, iss: string) => {
    const answer = await fetch(`${postern.origin}/api/v1/token-exchange`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        subject_token: await issuer.sign({ iss }, {}, forged),
        resource: `${postern.origin}/acme/${repository}`,
      }),
    })
    return [answer.status, answer.headers.get('retry-after'), await answer.json()]
  }
  const there = await show('shop', silent)
  assert.deepEqual(there, await show('nowhere', silent))
  assert.deepEqual(there, await show('shop', 'http://127.0.0.1:10'))
  assert.deepEqual(there.slice(0, 2), [400, '60'])
})

test('conditions with many stars are refused, and long claims fit none', async () => {
  const signer = await newSigner()
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern()
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
  const home = { claim: 'repository', value: 'acme/shop' }
  const keys = JSON.stringify({ keys: [signer.publicKey] })
  const of = (value: string) => newPipeline('https://ci.example', { keys, conditions: [home, { claim: 'x', value }] })
  await assert.rejects(ana.call('POST', `${shop}/pipelines`, of('*a'.repeat(6))), /at most 5 stars/)
  await letIn(ana, shop, of('**'))
  const show = async (x: string) =>
    exchange(postern.origin, {
      subject_token: await issuer.sign({ iss: 'https://ci.example', x }, {}, signer),
      resource: `${postern.origin}/acme/shop`,
    })
  const { body } = await show('a'.repeat(501))
  assert.equal(body.error_description, 'Its claim x is longer than 500 characters.')
  assert.equal((await show('a'.repeat(500))).status, 200)
})

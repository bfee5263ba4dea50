import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PipelineList } from '../src/machines/workloads/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { letIn, makeRepository, newPipeline, outbound, refusedExchange, shop, trade } from './support/exchange.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { newSigner, startWorkloadIssuer } from './support/workload-issuer.ts'

// What those who sign can do wrong: part of `workloads-attacks.test.ts`.

const minuteMs = 60_000
const hourMs = 60 * minuteMs

describe('an issuer', () => {
  let postern: StartedPostern
  let ana: Person
  let ahead = 0
  const now = () => Date.now() + ahead
  before(async () => {
    postern = await startPostern({ flags: outbound, now })
    ana = await postern.owner()
    await makeRepository(ana)
  })
  after(() => postern[Symbol.asyncDispose]())
  const form = async (token: string | Promise<string>) => ({
    subject_token: await token,
    resource: `${postern.origin}/acme/shop`,
  })

  test('that rotates its keys is asked again, at most once a minute', async () => {
    await using issuer = await startWorkloadIssuer({ now })
    const { id } = await letIn(ana, shop, newPipeline(issuer.issuer))
    await trade(postern.origin, 'acme/shop', await issuer.sign())
    const former = issuer.signer
    await issuer.rotate()
    for (let times = 0; times < 5; times += 1)
      await refusedExchange(postern.origin, await form(issuer.sign()), 'invalid_target')
    assert.equal(issuer.asked(), 1)
    ahead += minuteMs
    await trade(postern.origin, 'acme/shop', await issuer.sign())
    assert.equal(issuer.asked(), 2)
    await refusedExchange(postern.origin, await form(issuer.sign({}, {}, former)), 'invalid_target')
    // A key of another curve than the algorithm says, and one that is there for something else.
    for (const signer of [await newSigner('ES384', { alg: 'ES256' }), await newSigner('RS256', { use: 'enc' })]) {
      issuer.answer((request, response) =>
        response.end(
          JSON.stringify(
            request.url === '/jwks'
              ? { keys: [signer.publicKey] }
              : { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` },
          ),
        ),
      )
      ahead += 2 * hourMs
      const honest = {
        ...signer,
        publicKey: { ...signer.publicKey, alg: signer.publicKey.crv === 'P-384' ? 'ES384' : 'RS256' },
      }
      await refusedExchange(postern.origin, await form(issuer.sign({}, {}, honest)), 'invalid_target')
    }
    ahead += 2 * hourMs
    await ana.signIn()
    await ana.act('DELETE', `${shop}/pipelines/${id}`)
  })

  test('that cannot be asked is not believed, and what it said last counts for an hour', async () => {
    await using issuer = await startWorkloadIssuer({ now })
    const { id } = await letIn(ana, shop, newPipeline(issuer.issuer))
    issuer.answer((_request, response) => response.writeHead(500).end())
    await refusedExchange(postern.origin, await form(issuer.sign()), 'invalid_target')
    issuer.answer(null)
    await refusedExchange(postern.origin, await form(issuer.sign()), 'invalid_target')
    assert.equal(issuer.asked(), 0, 'it has a rest')
    ahead += minuteMs
    await trade(postern.origin, 'acme/shop', await issuer.sign())
    issuer.answer((_request, response) => response.destroy())
    ahead += 30 * minuteMs
    await trade(postern.origin, 'acme/shop', await issuer.sign())
    // Silent with new keys: what is not known is not believed, and what was known is, as long as it counts.
    const former = issuer.signer
    await issuer.rotate()
    await refusedExchange(postern.origin, await form(issuer.sign()), 'invalid_target')
    await trade(postern.origin, 'acme/shop', await issuer.sign({}, {}, former))
    ahead += 31 * minuteMs
    await refusedExchange(postern.origin, await form(issuer.sign()), 'invalid_target')
    ahead += 2 * hourMs
    await ana.signIn()
    await ana.act('DELETE', `${shop}/pipelines/${id}`)
  })

  test('that leads inside the house, floods, or speaks for another is not believed', async () => {
    await using issuer = await startWorkloadIssuer({ now })
    await using victim = await startWorkloadIssuer({ now })
    const { id } = await letIn(ana, shop, newPipeline(issuer.issuer))
    const answers: Record<string, unknown>[] = [
      { issuer: victim.issuer, jwks_uri: `${victim.issuer}/jwks` },
      { issuer: `${issuer.issuer}/`, jwks_uri: `${issuer.issuer}/jwks` },
      { issuer: issuer.issuer },
      { issuer: issuer.issuer, jwks_uri: 'file:///etc/passwd' },
      { issuer: issuer.issuer, jwks_uri: 'http://169.254.169.254/latest/meta-data' },
      { issuer: issuer.issuer, jwks_uri: 'https://10.0.0.1/jwks' },
      { issuer: issuer.issuer, jwks_uri: ['x'] },
    ]
    const ask = async (): Promise<string> => {
      ahead += 2 * minuteMs
      return refusedExchange(postern.origin, await form(issuer.sign()), 'invalid_target')
    }
    for (const document of answers) {
      issuer.answer((_request, response) => response.end(JSON.stringify(document)))
      assert.doesNotMatch(await ask(), /169|10\.0|passwd/)
    }
    for (const location of ['http://169.254.169.254/', `${victim.issuer}/.well-known/openid-configuration`]) {
      issuer.answer((_request, response) => response.writeHead(302, { location }).end())
      await ask()
    }
    assert.equal(victim.asked(), 0)
    issuer.answer((_request, response) => {
      const flood = () => {
        while (response.write('x'.repeat(65_536)));
      }
      response
        .writeHead(200)
        .on('drain', flood)
        .on('error', () => {})
      flood()
    })
    await ask()
    for (const keys of [
      '{}',
      '{"keys":"x"}',
      '[]',
      'null',
      `{"keys":[${'{},'.repeat(200)}{}]}`,
      '{"keys":[{"kty":"oct","k":"AA"}]}',
    ]) {
      issuer.answer((request, response) =>
        response.end(
          request.url === '/jwks' ? keys : JSON.stringify({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` }),
        ),
      )
      await ask()
    }
    await ana.signIn()
    await ana.act('DELETE', `${shop}/pipelines/${id}`)
  })
})

test('an issuer at a private address is not asked unless the operator allows it', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern()
  const ana = await postern.owner()
  await makeRepository(ana)
  await letIn(ana, shop, newPipeline(issuer.issuer))
  const form = { subject_token: await issuer.sign(), resource: `${postern.origin}/acme/shop` }
  await refusedExchange(postern.origin, form, 'invalid_target')
  assert.equal(issuer.asked(), 0)
  const { refusals } = await ana.call<PipelineList>('GET', `${shop}/pipelines`)
  assert.match(refusals[0]?.reason ?? '', /private address/)
})

import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { exportSPKI, importJWK } from 'jose'
import type { PipelineList } from '../src/machines/workloads/shapes.ts'
import { git, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import {
  exchange,
  letIn,
  makeRepository,
  newPipeline,
  outbound,
  ownType,
  refusedExchange,
  renew,
  shop,
  trade,
} from './support/exchange.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { newSigner, startWorkloadIssuer, type WorkloadIssuer } from './support/workload-issuer.ts'
import './workloads-issuers.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const main = { claim: 'ref', value: 'refs/heads/main' }
const home = { claim: 'repository', value: 'acme/shop' }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const works = async (origin: string, token: string): Promise<boolean> => {
  const { code } = await git('/', [...withToken(token), 'ls-remote', `${origin}/acme/shop.git`])
  return code === 0
}

describe('a token that is not what is trusted', () => {
  let postern: StartedPostern
  let issuer: WorkloadIssuer
  let ana: Person
  let ahead = 0
  const now = () => Date.now() + ahead
  before(async () => {
    issuer = await startWorkloadIssuer({ now })
    postern = await startPostern({ flags: outbound, now })
    ana = await postern.owner()
    await makeRepository(ana)
    await letIn(ana, shop, newPipeline(issuer.issuer, { conditions: [home, main] }))
  })
  after(async () => {
    await postern[Symbol.asyncDispose]()
    await issuer[Symbol.asyncDispose]()
  })
  const show = async (token: string | Promise<string>, code = 'invalid_target', resource = 'acme/shop') =>
    refusedExchange(postern.origin, { subject_token: await token, resource: `${postern.origin}/${resource}` }, code)
  const lastReason = async (): Promise<string> =>
    (await ana.call<PipelineList>('GET', `${shop}/pipelines`)).refusals.toSorted((a, b) => b.lastAt - a.lastAt)[0]
      ?.reason ?? ''

  test('by an issuer that only looks the same', async () => {
    const { issuer: real } = issuer
    for (const iss of [`${real}/`, real.replace('http', 'HTTP'), `${real}/.`, `${real}#`, `${real}?`, ` ${real}`])
      await show(issuer.sign({ iss }))
    await using other = await startWorkloadIssuer({ now })
    await show(other.sign())
    await show(other.sign({ iss: issuer.issuer }))
    assert.equal(other.asked(), 0, 'nobody is asked whom no pipeline names')
    await show(issuer.sign({ iss: [real] }), 'invalid_request')
    await show(issuer.sign({ iss: undefined }), 'invalid_request')
  })

  test('for another audience, or for others too', async () => {
    for (const aud of [
      'Postern',
      'postern ',
      `${postern.origin}/acme/shop`,
      ['postern', 'other'],
      [],
      [['postern']],
      {},
      7,
      undefined,
    ])
      await show(issuer.sign({ aud }))
    await trade(postern.origin, 'acme/shop', await issuer.sign({ aud: ['postern'] }))
  })

  test('of another repository, or one that does not say in a word whose it is', async () => {
    for (const repository of [
      'acme/shop2',
      'acme/Shop',
      'mallory/acme/shop',
      'acme/shop/',
      '',
      ' acme/shop',
      'acme/shop\u0000',
      undefined,
      null,
      ['acme/shop'],
      { toString: 'acme/shop' },
      7,
      true,
    ]) {
      const said = await show(issuer.sign({ repository }))
      assert.doesNotMatch(said, /acme\/shop|audience|claim/, 'nothing of what is trusted')
    }
    await show(issuer.sign({ repository: undefined, ['__proto__']: { repository: 'acme/shop' } }))
  })

  test('of the right repository but another branch, whose pipeline may know why', async () => {
    assert.match(
      await show(issuer.sign({ ref: 'refs/heads/try' }), 'invalid_request'),
      /^Its claim ref is 'refs\/heads\/try'; 'refs\/heads\/main' is trusted\.$/,
    )
    await show(issuer.sign({ ref: ['refs/heads/main'] }), 'invalid_request')
    await show(issuer.sign({ ref: undefined }), 'invalid_request')
  })

  test('that is over, not yet, or for ever', async () => {
    const at = Math.floor(now() / 1000)
    const times: Record<string, unknown>[] = [
      { exp: at - 61 },
      { exp: at - 61, nbf: at - 400, iat: at - 400 },
      { nbf: at + 90 },
      { iat: at + 90, exp: at + 300 },
      { exp: at + 24 * 3600 + 10 },
      { exp: undefined },
      { iat: undefined },
      { exp: String(at + 300) },
      { exp: 1e300 },
      { nbf: 'now' },
    ]
    for (const each of times) await show(issuer.sign(each), 'invalid_request')
    await trade(postern.origin, 'acme/shop', await issuer.sign({ exp: at - 30, iat: at - 300, nbf: at - 300 }))
    await trade(postern.origin, 'acme/shop', await issuer.sign({ nbf: at + 30, iat: at + 30 }))
  })

  test('that nobody signed, or that a public key was used on as a secret', async () => {
    const [head = '', claims = ''] = (await issuer.sign()).split('.')
    const unsigned = `${encode({ alg: 'none' })}.${claims}`
    for (const token of [
      `${unsigned}.`,
      unsigned,
      `${unsigned}.AA`,
      `${encode({ alg: 'NONE' })}.${claims}.AA`,
      `${head}.${claims}.`,
    ])
      await show(token, 'invalid_request')
    const { publicKey } = issuer.signer
    const pem = await exportSPKI((await importJWK({ ...publicKey, ext: true }, 'RS256')) as CryptoKey)
    for (const secret of [pem, JSON.stringify(publicKey), publicKey.n ?? ''])
      for (const alg of ['HS256', 'HS512']) {
        const signed = `${encode({ alg, typ: 'JWT', kid: publicKey.kid })}.${claims}`
        const mac = createHmac(alg === 'HS256' ? 'sha256' : 'sha512', secret)
          .update(signed)
          .digest('base64url')
        await show(`${signed}.${mac}`, 'invalid_request')
      }
  })

  test('whose header brings its own key, or says where to find one', async () => {
    await using thief = await startWorkloadIssuer({ now })
    const own = thief.signer
    const kid = issuer.signer.publicKey.kid
    const headers: Record<string, unknown>[] = [
      { jwk: own.publicKey },
      { kid, jwk: own.publicKey },
      { kid, jku: `${thief.issuer}/jwks` },
      { kid, x5u: `${thief.issuer}/jwks` },
      { kid: '../../../../etc/passwd' },
      { kid: `${thief.issuer}/jwks` },
      { kid: "' or 1=1 --" },
      { kid: '' },
      { kid: own.publicKey.kid },
    ]
    for (const header of headers) await show(issuer.sign({}, header, own))
    assert.equal(thief.asked(), 0)
    for (const header of [
      { crit: ['exp'], exp: 1 },
      { b64: false, crit: ['b64'] },
    ])
      await show(
        `${encode({ alg: 'RS256', kid, ...header })}.${(await issuer.sign()).split('.').slice(1).join('.')}`,
        'invalid_request',
      )
  })

  test('that was changed after it was signed', async () => {
    // The same reason is written once a second at most.
    ahead += 1_000
    const [head = '', , signature = ''] = (await issuer.sign({ repository: 'mallory/shop' })).split('.')
    const [, claims = ''] = (await issuer.sign()).split('.')
    await show(`${head}.${claims}.${signature}`)
    assert.match(await lastReason(), /signature does not verify/)
  })

  test('that is no token at all', async () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
    const valid = await issuer.sign()
    for (const token of [
      'x',
      '..',
      'a.b',
      'a.b.c.d',
      'a.b.c',
      `${encode([])}.${encode({})}.AA`,
      `${encode({ alg: 7 })}.${encode({})}.AA`,
      `${valid}.`,
      `${valid}\n`,
      ` ${valid}`,
      valid.replace('.', '. '),
      `${valid}==`,
      'é.é.é',
      '\u0000',
      `${encode({ alg: 'RS256' })}.${Buffer.from(deep).toString('base64url').slice(0, 10_000)}.AA`,
    ])
      await show(token, 'invalid_request')
    await show('a'.repeat(17_000), 'invalid_request')
    await show('a'.repeat(1_000_000), 'invalid_request')
  })

  test('for what is not there, or not trusted, is answered as one that does not fit', async () => {
    await makeRepository(ana, 'hidden')
    const said = await show(issuer.sign({ repository: 'mallory/x' }))
    for (const resource of [
      'acme/hidden',
      'acme/nothing',
      'nobody/shop',
      'acme',
      '',
      'acme/shop/tree',
      '../shop',
      'acme/shop?x=1',
    ])
      assert.equal(await show(issuer.sign(), 'invalid_target', resource), said, resource)
    const token = await issuer.sign()
    for (const resource of ['acme/shop', 'https://evil.example/acme/shop', '//acme/shop', 'javascript:0'])
      await refusedExchange(postern.origin, { subject_token: token, resource }, 'invalid_target')
  })

  test('a form that is none, or says a thing twice', async () => {
    const send = async (body: string | URLSearchParams, type?: string) => {
      const answer = await fetch(`${postern.origin}/api/v1/token-exchange`, {
        method: 'POST',
        body,
        ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      })
      return { status: answer.status, ...((await answer.json()) as { error: string }) }
    }
    const token = await issuer.sign()
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: token,
      resource: `${postern.origin}/acme/shop`,
    }
    assert.deepEqual(await send(JSON.stringify(form), 'application/json'), {
      status: 400,
      error: 'invalid_request',
      error_description: 'Send a form: application/x-www-form-urlencoded.',
    })
    assert.equal((await send('a'.repeat(1_100_000), 'application/x-www-form-urlencoded')).error, 'invalid_request')
    for (const [more, error] of [
      [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
      [{ subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'invalid_request'],
      [{ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'invalid_request'],
      [{ actor_token: token }, 'invalid_request'],
      [{ subject_token: '' }, 'invalid_request'],
      [{ resource: '' }, 'invalid_request'],
      [{ audience: 'other' }, 'invalid_target'],
    ] as const)
      assert.equal((await send(new URLSearchParams({ ...form, ...more }))).error, error, JSON.stringify(more))
    for (const name of Object.keys(form)) {
      const twice = new URLSearchParams(form)
      twice.append(name, 'again')
      assert.ok(['invalid_request', 'unsupported_grant_type'].includes((await send(twice)).error), name)
    }
    // A session or a token beside it counts for nothing.
    assert.equal((await send(new URLSearchParams({ ...form, subject_token: 'x' }))).error, 'invalid_request')
    await trade(postern.origin, 'acme/shop', token)
  })

  test('what strangers send fills neither the page nor the ledger', async () => {
    for (let times = 0; times < 60; times += 1) {
      await exchange(postern.origin, {
        subject_token: await issuer.sign({ repository: `mallory/${times}`, sub: `repo:mallory/${times}` }),
        resource: `${postern.origin}/acme/shop`,
      })
      const unsigned = `${encode({ alg: 'RS256' })}.${encode({ iss: `https://${times}.example` })}.AA`
      await exchange(postern.origin, { subject_token: unsigned, resource: `${postern.origin}/acme/shop` })
    }
    const { refusals } = await ana.call<PipelineList>('GET', `${shop}/pipelines`)
    assert.ok(refusals.length <= 50, String(refusals.length))
    const { database } = postern.postern.ceremonies
    const told = await database.read
      .selectFrom('auditEvent')
      .select('id')
      .where('action', '=', 'workload.refused')
      .execute()
    assert.ok(told.length <= 10, String(told.length))
    ahead += 8 * 24 * hourMs
    assert.deepEqual(
      (await ana.call<PipelineList>('GET', `${shop}/pipelines`).catch(() => ({ refusals: [] }))).refusals,
      [],
    )
  })
})

for (const { name, flags } of eitherStore)
  test(`one token is traded once, by however many at once, on ${name}`, async () => {
    await using issuer = await startWorkloadIssuer()
    await using postern = await startPostern({ flags: [...(await flags()), ...outbound] })
    const { origin } = postern
    const ana = await postern.owner()
    await makeRepository(ana)
    await letIn(ana, shop, newPipeline(issuer.issuer))
    const resource = `${origin}/acme/shop`
    for (const token of [await issuer.sign(), await issuer.sign({ jti: undefined }), await issuer.sign({ jti: 7 })]) {
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => exchange(origin, { subject_token: token, resource })),
      )
      assert.deepEqual(
        answers.map(({ status }) => status).toSorted((a, b) => a - b),
        [200, 400, 400, 400, 400, 400],
      )
      assert.match(
        await refusedExchange(origin, { subject_token: token, resource }, 'invalid_request'),
        /traded before/,
      )
    }
    // The same token with its signature written in another way is the same token.
    const elliptic = await newSigner('ES256')
    issuer.answer((request, response) =>
      response.end(
        JSON.stringify(
          request.url === '/jwks'
            ? { keys: [elliptic.publicKey] }
            : { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` },
        ),
      ),
    )
    await postern.restart()
    const token = await issuer.sign({ jti: undefined }, {}, elliptic)
    await trade(origin, 'acme/shop', token)
    const [head = '', claims = '', signature = ''] = token.split('.')
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const raw = Buffer.from(signature, 'base64url')
    const s = order - BigInt(`0x${raw.subarray(32).toString('hex')}`)
    const other = Buffer.concat([raw.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
    const again = { subject_token: `${head}.${claims}.${other.toString('base64url')}`, resource }
    assert.match(await refusedExchange(origin, again, 'invalid_request'), /traded before/)
  })

for (const { name, flags } of eitherStore)
  test(`a token that is renewed twice ends its whole run, on ${name}`, async () => {
    await using issuer = await startWorkloadIssuer()
    await using postern = await startPostern({ flags: [...(await flags()), ...outbound] })
    const { origin } = postern
    const ana = await postern.owner()
    await makeRepository(ana)
    await letIn(ana, shop, newPipeline(issuer.issuer))
    const first = (await trade(origin, 'acme/shop', await issuer.sign())).access_token
    const beside = (await trade(origin, 'acme/shop', await issuer.sign())).access_token
    const second = (await renew(origin, first)).access_token
    assert.ok(await works(origin, first), 'what runs beside it goes on')
    const again = { subject_token: first, subject_token_type: ownType }
    assert.match(await refusedExchange(origin, again, 'invalid_request'), /renewed before/)
    for (const token of [first, second]) {
      assert.equal(await works(origin, token), false)
      await refusedExchange(origin, { subject_token: token, subject_token_type: ownType }, 'invalid_request')
    }
    assert.ok(await works(origin, beside), 'another run goes on')
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => exchange(origin, { subject_token: beside, subject_token_type: ownType })),
    )
    assert.ok(answers.filter(({ status }) => status === 200).length <= 1)
    for (const token of [beside, ...answers.flatMap(({ body }) => body.access_token ?? [])])
      assert.equal(await works(origin, token), false)
    const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=workload.reused')
    assert.equal(items.length >= 2, true)
  })

test('no other token can be renewed, and none into another repository', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern({ flags: outbound })
  const { origin } = postern
  const ana = await postern.owner()
  await makeRepository(ana)
  await makeRepository(ana, 'other')
  await letIn(ana, shop, newPipeline(issuer.issuer))
  const own = await ana.makeToken('laptop', ['repository:write'])
  const unknown = `${own.slice(0, -4)}0000`
  for (const subject_token of [own, unknown, 'x', await issuer.sign(), randomUUID()])
    await refusedExchange(origin, { subject_token, subject_token_type: ownType }, 'invalid_request')
  assert.ok(await works(origin, own), 'and the person’s goes on')
  const { access_token: token } = await trade(origin, 'acme/shop', await issuer.sign())
  for (const resource of [`${origin}/acme/other`, `${origin}/acme/nothing`])
    await refusedExchange(origin, { subject_token: token, subject_token_type: ownType, resource }, 'invalid_target')
  await refusedExchange(origin, { subject_token: token, resource: `${origin}/acme/shop` }, 'invalid_request')
  await renew(origin, token, { resource: `${origin}/acme/shop` })
})

test('the trust of one repository is none in another, and ends with it', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern({ flags: outbound })
  const { origin } = postern
  const ana = await postern.owner()
  await makeRepository(ana)
  await makeRepository(ana, 'other')
  await letIn(ana, shop, newPipeline(issuer.issuer))
  const form = { subject_token: await issuer.sign(), resource: `${origin}/acme/other` }
  await refusedExchange(origin, form, 'invalid_target')
  const { access_token: token } = await trade(origin, 'acme/shop', form.subject_token)
  await ana.act('DELETE', shop)
  assert.equal(await works(origin, token), false)
  await refusedExchange(origin, { subject_token: token, subject_token_type: ownType }, 'invalid_request')
  await makeRepository(ana)
  await refusedExchange(
    origin,
    { ...form, subject_token: await issuer.sign(), resource: `${origin}/acme/shop` },
    'invalid_target',
  )
  assert.equal(await works(origin, token), false, 'nor does a new one of the name know it')
})

for (const { name, flags } of eitherStore)
  test(`whoever comes in while a pipeline is being ended is out when it has ended, on ${name}`, async () => {
    await using issuer = await startWorkloadIssuer()
    await using postern = await startPostern({ flags: [...(await flags()), ...outbound] })
    const { origin } = postern
    const ana = await postern.owner()
    await makeRepository(ana)
    const { id } = await letIn(ana, shop, newPipeline(issuer.issuer))
    const { access_token: first } = await trade(origin, 'acme/shop', await issuer.sign())
    const tokens = await Promise.all(Array.from({ length: 12 }, () => issuer.sign()))
    const resource = `${origin}/acme/shop`
    const [ended, renewed, ...traded] = await Promise.all([
      ana.act('DELETE', `${shop}/pipelines/${id}`).then(() => true),
      exchange(origin, { subject_token: first, subject_token_type: ownType }),
      ...tokens.map((subject_token) => exchange(origin, { subject_token, resource })),
    ])
    assert.ok(ended)
    for (const { body } of [renewed, ...traded])
      if (body.access_token !== undefined) assert.equal(await works(origin, body.access_token), false)
    assert.equal(await works(origin, first), false)
  })

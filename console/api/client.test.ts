import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { api } from './client.ts'
import { fieldProblems, ProblemError } from './problem.ts'
import { provideStepUp } from './step-up.ts'

interface Sent {
  method: string
  path: string
  seal: string | null
  body: unknown
}

const problem = (status: number, code: string, more: object = {}) =>
  Response.json(
    { type: 'about:blank', title: code, status, code, ...more },
    { status, headers: { 'content-type': 'application/problem+json' } },
  )

/** Stands for the server: answers in order, remembers what it was asked. */
function serve(...answers: (() => Response)[]): Sent[] {
  const sent: Sent[] = []
  globalThis.fetch = async (url, init = {}) => {
    const headers = new Headers(init.headers)
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined
    sent.push({
      method: init.method ?? '',
      path: typeof url === 'string' ? url : '',
      seal: headers.get('postern-seal'),
      body,
    })
    const answer = answers.shift()
    if (!answer) throw new Error('asked once more than expected')
    return answer()
  }
  return sent
}

const realFetch = globalThis.fetch
let leave = () => {}
let taps: string[] = []
let signIns = 0
let signIn = async () => {}
let strongerKeys = 0

beforeEach(() => {
  taps = []
  signIns = 0
  signIn = async () => {}
  strongerKeys = 0
  leave = provideStepUp({
    async tap(sealRequestId) {
      taps.push(sealRequestId)
      return `sea_for_${sealRequestId}`
    },
    async signIn() {
      signIns += 1
      await signIn()
    },
    async strongerKey() {
      strongerKeys += 1
    },
  })
})
afterEach(() => {
  leave()
  globalThis.fetch = realFetch
})

test('an act that needs a tap is repeated identically, with the seal', async () => {
  const sent = serve(
    () => problem(401, 'seal-required', { sealRequestId: 'srq_1' }),
    () => Response.json({ id: 'tok_1' }),
  )
  assert.deepEqual(await api.post('/me/tokens', { name: 'laptop' }), { id: 'tok_1' })
  assert.deepEqual(taps, ['srq_1'])
  const call = { method: 'POST', path: '/api/v1/me/tokens', body: { name: 'laptop' } }
  assert.deepEqual(sent, [
    { ...call, seal: null },
    { ...call, seal: 'sea_for_srq_1' },
  ])
})

test('a stronger key is asked for where something is done, once; what is only read leaves that to its page', async () => {
  const refuse = () => problem(403, 'stronger-key-needed')
  serve(refuse, () => Response.json({ name: 'crew' }))
  assert.deepEqual(await api.post('/groups', { name: 'crew' }), { name: 'crew' })
  assert.equal(strongerKeys, 1)
  serve(refuse, refuse)
  await assert.rejects(api.post('/groups', { name: 'crew' }), { code: 'stronger-key-needed' })
  assert.equal(strongerKeys, 2)
  serve(refuse)
  await assert.rejects(api.get('/groups'), { code: 'stronger-key-needed' })
  assert.equal(strongerKeys, 2)
})

test('a seal that was not accepted is not asked for again and again', async () => {
  serve(
    () => problem(401, 'seal-required', { sealRequestId: 'srq_1' }),
    () => problem(401, 'seal-required', { sealRequestId: 'srq_2' }),
  )
  await assert.rejects(api.delete('/me/credentials/crd_1'), { code: 'seal-required' })
  assert.deepEqual(taps, ['srq_1'])
})

test('an ended session asks to sign in once, for all requests that wait, and goes on', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  signIn = () => promise
  serve(
    () => problem(401, 'sign-in-required'),
    () => problem(401, 'sign-in-required'),
    () => Response.json({ items: [1] }),
    () => Response.json({ items: [2] }),
  )
  const both = Promise.all([api.get('/people'), api.get('/groups')])
  setImmediate(resolve)
  await both
  assert.equal(signIns, 1)
})

test('who turns away gets the refusal, and nothing is repeated', async () => {
  signIn = () => Promise.reject(new Error('turned away'))
  const sent = serve(() => problem(401, 'sign-in-required'))
  await assert.rejects(api.get('/people'), /turned away/)
  assert.equal(sent.length, 1)
})

test('where signing in is optional the refusal is handed on', async () => {
  serve(() => problem(401, 'sign-in-required'))
  await assert.rejects(api.get('/me', { isSignInOptional: true }), { code: 'sign-in-required' })
  assert.equal(signIns, 0)
})

test('words about fields come with the refusal; an empty answer is nothing', async () => {
  serve(
    () => problem(400, 'invalid-input', { fields: { name: 'taken' } }),
    () => new Response(null, { status: 204 }),
  )
  await assert.rejects(api.put('/x'), (error) => {
    assert.deepEqual(fieldProblems(error), { name: 'taken' })
    return true
  })
  assert.equal(await api.delete('/x'), undefined)
})

test('a lost connection and a proxy’s page are said in plain words', async () => {
  serve(
    () => {
      throw new TypeError('Failed to fetch')
    },
    () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
  )
  await assert.rejects(api.get('/x'), { code: 'unreachable' })
  await assert.rejects(api.get('/x'), (error) => error instanceof ProblemError && error.problem.status === 502)
})

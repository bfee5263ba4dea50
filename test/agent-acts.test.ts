import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TokenScope } from '../src/access-keys/shapes.ts'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import { firstRule } from '../src/repositories/branch-rule.ts'
import { makeProposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'

/**
 * What an agent reaches, over every route of the server that changes something, in one table that is reviewed as a
 * diff: `UPDATE_TABLES=1 node test/run.ts agent-acts` writes it anew. It has every scope and every role it can be given.
 */
const file = join(import.meta.dirname, 'agent-acts.txt')
const scopes = TokenScope.anyOf.map((scope) => scope.const).filter((scope) => scope !== 'act')
const made = { name: 'all', scopes, repositoryIds: null, expiresInDays: 30, renewsForDays: 60 }

/** Proposing, and what takes power away. Whatever else an agent reaches fails this test. */
const proposes = new Set([
  'POST /api/v1/permissions',
  'POST /api/v1/seal-requests/:id/withdraw',
  'DELETE R/branches/*',
  'POST R/commits/:oid/statuses',
  // By the same rules as a push of theirs.
  'POST R/commits',
  'POST R/pull-requests',
  'PATCH R/pull-requests/:number',
  'POST R/pull-requests/:number/close',
  'POST R/pull-requests/:number/reopen',
  'POST R/pull-requests/:number/revert',
  'DELETE R/pull-requests/:number/auto-merge',
  'PUT R/pull-requests/:number/reviewers',
  // Comments and requests for changes; an approval is tried below.
  'POST R/pull-requests/:number/reviews',
  'POST R/pull-requests/:number/reviews/:review/dismiss',
  'POST R/pull-requests/:number/threads',
  'POST R/pull-requests/:number/threads/:thread/comments',
  'POST R/pull-requests/:number/threads/:thread/resolve',
  'POST R/pull-requests/:number/threads/:thread/unresolve',
  'PATCH R/pull-requests/:number/comments/:comment',
  'DELETE R/pull-requests/:number/comments/:comment',
  'POST R/pull-requests/:number/comments/:comment/apply',
])
/**
 * What its role as an administrator of the repository gives it, and a new secret for the token it has, which a tap allowed
 * when it was made; none of it decides who may do what.
 */
const keeps = new Set([
  'POST /api/v1/tokens/rotate',
  'POST R/import/cancel',
  'POST R/import/retry',
  'POST R/mirrors/:mirror/run',
  'POST R/webhooks/:webhook/ping',
  'POST R/webhooks/:webhook/deliveries/:delivery/replay',
])

test('an agent reaches nothing that approves, merges, bypasses, changes a rule or makes a credential', async () => {
  await using postern = await startPostern()
  const owner = await postern.owner()
  const repository = await makeProposing(postern, owner, 'pay/api')
  await owner.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
  await owner.act('PUT', '/projects/pay/members/user/robot', { role: 'admin' })
  const { secret } = await owner.act<{ secret: string }>('POST', '/agents/robot/tokens', made)
  await refused(owner.call('POST', '/agents/robot/tokens', { ...made, scopes: ['act'] }), 422, 'invalid-input')
  const number = await repository.propose('change')
  await owner.act('POST', '/groups', { name: 'crew', description: '' })
  const headers = { authorization: `Bearer ${secret}` }
  const robot = postern.stranger()
  const values: Record<string, string> = { project: 'pay', repository: 'api', number: String(number), username: 'ana' }
  Object.assign(values, {
    branch: 'main',
    name: 'crew',
    '*': 'gone',
    oid: '0'.repeat(40),
    kind: 'user',
    subject: 'ana',
  })
  const fill = (url: string): string =>
    url.replaceAll(/:(\w+)|\*/g, (_, name?: string) => values[name ?? '*'] ?? 'none')

  const rows: string[] = []
  const loose: string[] = []
  let tried = 0
  for (const { method, url, access } of postern.postern.routes) {
    if (['GET', 'HEAD'].includes(method)) continue
    if (access === 'directory') {
      const { status } = await robot.fetch(method as 'POST', `${postern.origin}${fill(url)}`, {}, headers)
      assert.equal(status, 401, `${method} ${url} takes the token of a directory alone`)
    }
    if (!url.startsWith('/api/v1/') || ['public', 'signed'].includes(access)) continue
    tried += 1
    // Read before the route asks who calls.
    const body = /\/(merge|merge-preparation|auto-merge)$/.test(url)
      ? { method: 'merge' }
      : url.endsWith('/ssh/certificates')
        ? { publicKey: 'ssh-ed25519 AAAA' }
        : url.endsWith('/tags')
          ? { name: 'v1', target: 'main', message: '' }
          : {}
    const answer = await robot.fetch(method as 'POST', `${postern.origin}${fill(url)}`, body, headers)
    const { code = '' } = (await answer.json().catch(() => ({}))) as { code?: string }
    const route = `${method} ${url.replace('/api/v1/projects/:project/repositories/:repository', 'R')}`
    // Asked for a tap, it would only have to find somebody who gives it.
    const isRefused = answer.status === 403 || (answer.status === 401 && code !== 'seal-required')
    const word = proposes.has(route) ? 'proposes' : keeps.has(route) ? 'keeps' : 'refused'
    if (word === 'refused' && !isRefused) loose.push(`${route}: ${answer.status} ${code}`)
    rows.push(`${word.padEnd(10)}${route}`)
  }
  const table = `${rows.toSorted().join('\n')}\n`
  if (process.env['UPDATE_TABLES'] !== undefined) writeFileSync(file, table)
  assert.deepEqual(loose, [])
  assert.equal(table, readFileSync(file, 'utf8'))
  assert.ok(tried > 80, 'the routes were not seen')

  // What a route it reaches could be talked into.
  const { headOid } = await owner.call<{ headOid: string }>('GET', `${repository.path}/pull-requests/${number}`)
  const there = `${repository.path}/pull-requests/${number}`
  const ben = await postern.join(owner, 'ben')
  await owner.act('PUT', '/projects/pay/members/user/ben', { role: 'write' })
  const objection = { verdict: 'changes-requested', body: 'Not like this.', headOid }
  const { review } = await ben.call<{ review: { id: string } }>('POST', `${there}/reviews`, objection)
  for (const [method, path, body] of [
    ['POST', `${there}/reviews`, { verdict: 'approved', body: '', headOid }],
    ['POST', `${there}/reviews/${review.id}/dismiss`, { reason: 'I know better.' }],
    ['POST', `${there}/merge-preparation`, { method: 'merge' }],
    ['POST', `${there}/merge-preparation`, { method: 'merge', bypass: { reason: 'Because I can do it.' } }],
    ['POST', `${there}/merge`, { method: 'merge' }],
    ['PUT', `${there}/auto-merge`, { method: 'merge' }],
    ['POST', `${there}/confirmation`, {}],
    ['POST', `${repository.path}/protected-branches/main/start-seal`, {}],
    ['PUT', `${repository.path}/protected-branches/main/rule`, firstRule],
    ['POST', '/me/tokens', { ...made, name: 'more' }],
    ['POST', '/agents/robot/tokens', { ...made, name: 'more' }],
    ['POST', '/me/credentials/begin', {}],
  ] as const) {
    const answer = await robot.fetch(method, path, body, headers)
    assert.equal(answer.status, 403, `${method} ${path}`)
  }
  // Nor does anybody else give it a key of its own, or a role, or a way back in.
  for (const [method, path, body] of [
    ['POST', '/people/robot/registration-link', {}],
    ['POST', '/people/robot/recovery', {}],
    ['PATCH', '/people/robot', { role: 'member' }],
  ] as const) {
    const { status, problem } = (await owner.act(method, path, body).catch((error: unknown) => error)) as {
      status: number
      problem: { code: string }
    }
    assert.deepEqual([status, problem.code], [409, 'not-a-person'], path)
  }
  await assert.rejects(owner.act('POST', '/break-glass', { username: 'robot' }))
  const ofMain = await robot.fetch('DELETE', `${repository.path}/branches/main`, undefined, headers)
  assert.ok([403, 409].includes(ofMain.status), `the protected branch: ${ofMain.status}`)
  // After all of that it holds what it was given, and nothing else that anybody could come in or sign with.
  const { database } = postern.postern.ceremonies
  const { id } = await database.read
    .selectFrom('user')
    .select('id')
    .where('username', '=', 'robot')
    .executeTakeFirstOrThrow()
  for (const table of [
    'session',
    'credentialRecord',
    'registrationLink',
    'recoveryCode',
    'passwordLogin',
    'totp',
    'externalIdentity',
    'sshKey',
    'sshCertificate',
    'oauthGrant',
    'seal',
  ] as const) {
    const rows = await database.read.selectFrom(table).select('userId').where('userId', '=', id).execute()
    assert.deepEqual(rows, [], table)
  }
  const tokens = await database.read.selectFrom('apiToken').select('name').where('userId', '=', id).execute()
  assert.deepEqual(
    tokens.map(({ name }) => name),
    ['all'],
  )
  // No page is shown to it, and no seal that somebody was asked for is its to give.
  assert.equal((await robot.fetch('GET', '/me', undefined, headers)).status, 403)
})

test('by git an agent brings branches, and moves nothing that is protected or the server’s own', async () => {
  await using postern = await startPostern()
  const owner = await postern.owner()
  const repository = await makeProposing(postern, owner, 'pay/api')
  await owner.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
  await owner.act('PUT', '/projects/pay/members/user/robot', { role: 'admin' })
  const { secret } = await owner.act<{ secret: string }>('POST', '/agents/robot/tokens', made)
  const number = await repository.propose('change')
  const work = join(postern.folder, 'work-pay-api')
  const push = (...refs: string[]): Promise<string> =>
    gitOrThrow(work, [...withToken(secret), 'push', '--force', `${postern.origin}/pay/api.git`, ...refs])
  await push('change:refs/heads/by-robot')
  await push('change:refs/tags/v1')
  for (const refs of [
    'change:refs/heads/main',
    ':refs/heads/main',
    `change:refs/pull/${number}/head`,
    'change:refs/postern/seals',
    'change:refs/postern/signers',
    'change:refs/postern/attestations',
    'change:refs/replace/0000000000000000000000000000000000000001',
    'change:refs/notes/commits',
  ])
    await assert.rejects(push(refs), refs)
  // A rule that asks for a tap cannot be met by who has no key: refused at once, not after a wait.
  await owner.act('PUT', `${repository.path}/members/user/robot`, { role: 'write' })
  const { policy, version } = await owner.call<{ policy: { rules: object[] }; version: number }>('GET', '/policy')
  const rule = {
    id: 'tap-per-push',
    title: 'A tap for each push',
    mode: 'enforce',
    who: ['everyone'],
    does: ['push'],
    requires: { freshnessSeconds: 0 },
  }
  await owner.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules: [...policy.rules, rule] } })
  await assert.rejects(push('change:refs/heads/another'))
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { countStatements } from '../../test/support/count-statements.ts'
import { startPostern } from '../../test/support/start-postern.ts'
import type { Id } from '../database/id.ts'
import { openDatabase } from '../database/open.ts'
import { closeReturns, returnDays } from '../identity/ending/may-return.ts'
import { parseProtection, protectionPath, sealPath } from '../seals/format/projection.ts'
import { parseSealRecord } from '../seals/format/seal-record.ts'
import { statementDigest } from '../seals/format/statement.ts'
import { renderTime } from '../seals/format/time.ts'
import type { Git } from './git.ts'
import { createProjection } from './projection.ts'
import type { ProtectedBranchView, RepositoryView } from './shapes.ts'
import { listSigners } from './signers.ts'

const execute = promisify(execFile)

it('carries the sealed start and its signer into every clone, and grows only', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'payments', description: '' })
  await ana.call('POST', '/projects/payments/repositories', { name: 'api', description: '' })
  const api = '/projects/payments/repositories/api'
  const token = await ana.makeToken('laptop')
  const work = join(postern.folder, 'work')
  await mkdir(work)
  const git = async (...args: string[]): Promise<string> =>
    (
      await execute('git', args, { cwd: work, env: { PATH: process.env['PATH'], HOME: work }, encoding: 'utf8' })
    ).stdout.trim()
  await git('init', '-q', '-b', 'main')
  await git('config', 'user.name', 'Ana')
  await git('config', 'user.email', 'ana@example.com')
  await git('remote', 'add', 'origin', `${postern.origin.replace('//', `//ana:${token}@`)}/payments/api.git`)
  await writeFile(join(work, 'README.md'), 'hello\n')
  await git('add', '.')
  await git('commit', '-q', '-m', 'first')
  await git('push', '-q', 'origin', 'main')
  const baseline = await git('rev-parse', 'HEAD')

  const fetchProofs = () => git('fetch', '-q', 'origin', '+refs/postern/*:refs/postern/*')
  const protection = async () =>
    parseProtection(
      Buffer.from(await git('cat-file', 'blob', `refs/postern/seals:${protectionPath('refs/heads/main')}`)),
    )
  await fetchProofs()
  assert.deepEqual([(await protection()).baseline, (await protection()).statementDigest], [baseline, null])
  const before = await git('rev-parse', 'refs/postern/seals')
  const signers = await git('rev-parse', 'refs/postern/signers')

  const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
    'POST',
    `${api}/protected-branches/main/start-seal`,
    {},
  )
  const sealId = await ana.tap(sealRequestId)
  const started = await ana.call<ProtectedBranchView>(
    'POST',
    `${api}/protected-branches/main/start`,
    {},
    { 'postern-seal': sealId },
  )
  assert.equal(started.sealedBy?.username, 'ana')
  await assert.rejects(ana.call('POST', `${api}/protected-branches/main/start`, {}, { 'postern-seal': sealId }), {
    status: 409,
  })

  await fetchProofs()
  const { statementDigest: digest } = await protection()
  assert.ok(digest)
  const record = parseSealRecord(Buffer.from(await git('cat-file', 'blob', `refs/postern/seals:${sealPath(digest)}`)))
  assert.equal(statementDigest(record.statement), digest)
  await git('merge-base', '--is-ancestor', before, 'refs/postern/seals')
  assert.equal(await git('rev-parse', 'refs/postern/signers'), signers, 'a signer who is known is not written again')

  const list = await fetch(`${postern.origin}/payments/api.git/allowed_signers`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(list.headers.get('content-type'), 'text/plain; charset=utf-8')
  const text = await list.text()
  assert.match(text, /^ana@localhost namespaces="git,approval@postern" sk-ecdsa-sha2-nistp256@openssh\.com /)
  assert.equal(await git('cat-file', 'blob', 'refs/postern/signers:allowed_signers'), text.trim())
  assert.equal((await ana.fetch('GET', `${postern.origin}/payments/api.git/allowed_signers`)).status, 200)
  assert.equal((await fetch(`${postern.origin}/payments/api.git/allowed_signers`)).status, 401)

  const view = await ana.call<RepositoryView>('GET', api)
  assert.deepEqual([view.isEmpty, view.branchCount, view.cloneUrl], [false, 1, `${postern.origin}/payments/api.git`])

  const tip = await git('rev-parse', 'refs/postern/seals')
  await postern.restart()
  await postern.restart()
  await fetchProofs()
  assert.equal(await git('rev-parse', 'refs/postern/seals'), tip, 'a start writes nothing that is there already')
  const asked: string[] = []
  await countStatements(
    () => git('push', '-q', 'origin', 'HEAD:refs/heads/topic'),
    (text) => asked.push(text),
  )
  const ofAttestations = asked.filter((text) => text.includes('from "sourceAttestation" where'))
  assert.ok(ofAttestations.length > 0)
  assert.deepEqual(
    ofAttestations.filter((text) => text.includes('"summary"')),
    [],
    'what is in the repository already is not read again',
  )
  const ofSeals = asked.filter((text) => text.startsWith('select "seal"."id", "seal"."statementDigest"'))
  assert.equal(ofSeals.length, 2, 'once before the push is told of, and once after it')

  // Whom a directory ends, it may take back with their passkeys: what only grows says nothing of it until it no longer may.
  const { endAccess, ceremonies } = postern.postern
  const { database } = ceremonies
  const { id: userId } = await ana.call<{ id: Id<'usr'> }>('GET', '/me')
  const by = { userId, cause: 'scim', actor: null, at: Date.now() } as const
  const endedAt = async (): Promise<unknown> => {
    const [entry] = await listSigners(database.read, view.id as Id<'rep'>)
    return entry?.ended?.at.slice(0, 10)
  }
  for (const cause of ['scim', 'upstream'] as const) {
    await database.write((tx) => endAccess.end(tx, { ...by, cause }))
    assert.equal(await endedAt(), undefined, cause)
    await database.write((tx) => endAccess.restore(tx, { ...by, cause }))
    assert.equal(await endedAt(), undefined, cause)
  }
  await database.write((tx) => endAccess.end(tx, by))
  const dayMs = 24 * 3_600_000
  const later = (days: number) => closeReturns({ database, now: () => Date.now() + days * dayMs })
  assert.deepEqual([await later(returnDays - 1), await endedAt()], [false, undefined])
  assert.deepEqual([await later(returnDays + 1), await endedAt()], [true, renderTime(by.at).slice(0, 10)])
  await database.write((tx) => endAccess.restore(tx, by))
  const rows = await database.read.selectFrom('credentialRecord').select('endedAt').execute()
  assert.ok(rows.every((row) => row.endedAt !== null))
})

it('goes through all repositories once more for whatever comes up meanwhile, not once for each', async () => {
  const database = await openDatabase('sqlite::memory:')
  // There is none, so nothing is asked of git.
  const projection = createProjection({ database, git: {} as Git, root: '', now: Date.now })
  const asked: Promise<void>[] = []
  let looks = 0
  const onRun = (text: string): void => {
    if (!text.startsWith('select * from "repository"')) return
    looks += 1
    if (looks === 1) for (let person = 0; person < 20; person += 1) asked.push(projection.projectAll())
  }
  await countStatements(async () => {
    await projection.projectAll()
    await Promise.all(asked)
  }, onRun)
  assert.equal(looks, 2)
  await projection.projectAll()
  await projection.close()
  await database.close()
})

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { listScans } from '../../test/support/list-scans.ts'
import { postgresDatabase } from '../../test/support/postgres.ts'
import { warnOfTokenEnds } from '../access-keys/rotation/warn-of-token-ends.ts'
import { listEvents } from '../audit/list.ts'
import type { Database } from '../database/handles.ts'
import { openDatabase } from '../database/open.ts'
import { addPerson, addRepository, at } from '../guardrails/guardrails-testing.ts'
import { readStandings } from '../guardrails/standings.ts'
import { listTokenAttention } from '../home/machine-attention.ts'
import { registrationLinks } from '../identity/ending/own-kinds.ts'
import { createChanges } from '../live/changes.ts'
import { compiled } from '../policy/policy-testing.ts'
import { recordOverdue } from '../pull-requests/record-overdue.ts'
import { listProofs } from '../repositories/proofs.ts'
import { revokeKey } from '../repositories/revoked-keys.ts'
import { listRepositorySeals, listSigners } from '../repositories/signers.ts'
import { sealRequests } from '../seals/access-kinds.ts'
import { forgetExpired } from '../sign-on/forget-expired.ts'

const now = () => at
/** Of which an instance of many people and many years has many. */
const large = [
  'apiToken',
  'auditEvent',
  'credentialRecord',
  'letter',
  'oauthGrant',
  'oauthState',
  'pullRequest',
  'refUpdate',
  'registrationLink',
  'review',
  'roleGrant',
  'seal',
  'sealRequest',
  'session',
  'sshKey',
  'sourceAttestation',
  'user',
]

type Look = (database: Database) => Promise<unknown>

const stores: Record<string, (folder: string) => Promise<string>> = {
  SQLite: (folder) => Promise.resolve(`sqlite:${join(folder, 'postern.db')}`),
  PostgreSQL: () => postgresDatabase(),
}

for (const [store, urlIn] of Object.entries(stores))
  test(`${store}: what each second, each page and each push asks never reads a large table from end to end`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'postern-large-'))
    const url = await urlIn(folder)
    const database = await openDatabase(url)
    const id = await addPerson(database, 'ana', { keys: [] })
    const repository = await addRepository(database, 'crew/rocket')
    const repositoryId = repository.id
    const looks: Record<string, Look> = {
      'pages that wait': ({ read }) => createChanges({ db: read, now }).look(new Set([`inbox:${id}`, repositoryId])),
      'which seals count, after each push': ({ read }) => listRepositorySeals(read, repositoryId),
      'who signed, after each push': ({ read }) => listSigners(read, repositoryId),
      'what stands of a key that is lost': ({ write }) => write((tx) => revokeKey(tx, 'crd_1', at)),
      'who stands behind commits': ({ read }) =>
        listProofs({ db: read, policy: { current: () => compiled() }, at }, repositoryId, ['a'.repeat(40)]),
      'the tokens on Home': ({ read }) => listTokenAttention(read, { id }, at),
      'what somebody’s own rules ask': ({ read }) => readStandings(read, { policies: [compiled()], id, at }),
      'tokens that end': (all) => warnOfTokenEnds({ database: all, now }),
      'what has expired': (all) => forgetExpired({ database: all, now }),
      'merges past a rule': (all) => recordOverdue({ database: all, now }),
      'whose links end with them': ({ read }) => registrationLinks.count(read, id, at),
      'what stays of somebody’s taps': async ({ read }) => sealRequests.remains?.(read, id, at),
      'what happened to one thing': ({ read }) => listEvents(read, { target: 'crew/rocket' }),
      'what somebody did': ({ read }) => listEvents(read, { actor: 'ana' }),
    }
    const scanned: [string, string[]][] = []
    for (const [what, look] of Object.entries(looks)) {
      const found = (await listScans(url, () => look(database))).filter((table) => large.includes(table))
      if (found.length > 0) scanned.push([what, found])
    }
    assert.deepEqual(scanned, [])
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

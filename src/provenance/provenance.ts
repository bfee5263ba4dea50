import { hash } from 'node:crypto'
import type { AuditEntry } from '../audit/entry.ts'
import { type Database, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import type { RefUpdateTable, SourceAttestationTable, TableName } from '../database/schema.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { placeOf } from '../repositories/access.ts'
import { appendFiles, listFiles } from '../repositories/append-files.ts'
import type { Git } from '../repositories/git.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { loadSigningKey, type SigningKey } from '../secrets/signing-key.ts'
import { levelOf } from '../seals/format/agreement.ts'
import { continueControls, endControls } from './controls.ts'
import { readUpdate } from './read-update.ts'
import { renderProvenance, renderSummary } from './statements.ts'

export const ATTESTATIONS_REF = 'refs/postern/attestations'

export interface Provenance {
  key: SigningKey
  /** Says what each change of a protected branch is worth that nothing was said of yet, and puts it into the repository. */
  attest(place: Pick<RepositoryPlace, 'repository' | 'path' | 'folder'>): Promise<void>
  /** The same of every repository: a server that fell over may have said nothing of its last change. */
  attestLeft(): Promise<void>
  /** Waits for what is being said, and says nothing new. */
  close(): Promise<void>
  /** A follower of events: a control that a changed rule no longer asks for ends in the same transaction. */
  onEvent(tx: Tx<TableName>, event: AuditEntry): Promise<void>
}

interface Parts {
  database: Database
  git: Git
  secrets: Secrets
  policy: PolicyInForce
  /** Folder of all bare repositories. */
  root: string
  origin: string
  now: () => number
}

/**
 * `provenance/` owns what the instance itself says of each change of a protected branch: source provenance and a
 * verification summary, signed with its own key. It decides nothing, and no proof of a person rests on it.
 */
export async function createProvenance(parts: Parts): Promise<Provenance> {
  const { database, git, now } = parts
  const key = await loadSigningKey(parts.secrets, 'source-attestations')
  const queues = new Map<string, Promise<void>>()
  let isClosed = false

  async function attestAll(place: Parameters<Provenance['attest']>[0]): Promise<void> {
    for (const row of await listUnattested(database, place)) await attestOne(place, row)
    const ref = ATTESTATIONS_REF
    const known = await listFiles(git, place.folder, ref)
    const files = await renderNewFiles(database, key, place, known)
    await appendFiles(git, place.folder, { ref, files, known, message: 'attestations', at: now() })
  }

  async function attestOne(place: Parameters<Provenance['attest']>[0], row: RefUpdateTable): Promise<void> {
    const at = now()
    const { people, isAsApproved, isTapped, isPastRule, ...facts } = await readUpdate(parts, place, row)
    const met = (name: string): boolean => {
      if (name === 'history-kept') return true
      if (name === 'sealed-changes') return isTapped
      return !isPastRule && (name !== 'two-party' || people.size > 1)
    }
    try {
      await database.write(async (tx) => {
        const controls = await continueControls(tx, row, { oid: row.newOid, preparedAt: row.createdAt, met, at })
        const isTwoParty = controls.some(({ name }) => name === 'two-party')
        const level = !isTapped ? 1 : levelOf([...people], isTwoParty && isAsApproved)
        const update = { ...facts, origin: parts.origin, at: row.finishedAt ?? at, controls, level } as const
        const provenance = renderProvenance(update)
        const summary = renderSummary(update, hash('sha256', provenance, 'hex'))
        const attestation = {
          refUpdateId: row.id,
          repositoryId: row.repositoryId,
          ref: row.ref,
          oid: row.newOid,
          level,
          provenance: key.signStatement(provenance),
          summary: key.signStatement(summary),
          createdAt: at,
        }
        await orUniqueViolation(tx.insertInto('sourceAttestation').values(attestation).execute())
      })
    } catch (error) {
      // Another node was faster: what it said stands.
      if (!(error instanceof UniqueViolation)) throw error
    }
  }

  const attest: Provenance['attest'] = (place) => {
    const { id } = place.repository
    const turn = (queues.get(id) ?? Promise.resolve()).catch(() => {}).then(() => attestAll(place))
    queues.set(id, turn)
    return turn.finally(() => {
      if (queues.get(id) === turn) queues.delete(id)
    })
  }

  return {
    key,
    attest,
    async attestLeft() {
      for (const found of await listLeft(database)) {
        if (isClosed) return
        await attest(placeOf(parts.root, found, 'admin'))
      }
    },
    async close() {
      isClosed = true
      await Promise.allSettled(queues.values())
    },
    async onEvent(tx, { action, repositoryId, target, at }) {
      if (action === 'branch.rule-changed' && repositoryId) await endControls(tx, { repositoryId, ref: target.id }, at)
    },
  }
}

/** Done changes of protected branches; what a branch was before its protection is not our word. */
const unattested = ({ read }: Database) =>
  read
    .selectFrom('refUpdate')
    .innerJoin('protectedBranch', (join) =>
      join
        .onRef('protectedBranch.repositoryId', '=', 'refUpdate.repositoryId')
        .onRef('protectedBranch.ref', '=', 'refUpdate.ref')
        .onRef('protectedBranch.createdAt', '<=', 'refUpdate.finishedAt'),
    )
    .leftJoin('sourceAttestation', 'sourceAttestation.refUpdateId', 'refUpdate.id')
    .where('refUpdate.state', '=', 'done')
    .where('sourceAttestation.refUpdateId', 'is', null)

/** The oldest first. */
const listUnattested = (database: Database, { repository }: { repository: { id: RefUpdateTable['repositoryId'] } }) =>
  unattested(database)
    .selectAll('refUpdate')
    .where('refUpdate.repositoryId', '=', repository.id)
    .orderBy('refUpdate.finishedAt')
    .orderBy('refUpdate.id')
    .execute()

/** Repositories with such changes. */
async function listLeft(database: Database): Promise<Pick<RepositoryPlace, 'repository' | 'project'>[]> {
  const { read } = database
  const ids = await unattested(database).select('refUpdate.repositoryId as id').distinct().execute()
  const found: Pick<RepositoryPlace, 'repository' | 'project'>[] = []
  for (const { id } of ids) {
    const repository = await read.selectFrom('repository').selectAll().where('id', '=', id).executeTakeFirst()
    const project =
      repository &&
      (await read.selectFrom('project').selectAll().where('id', '=', repository.projectId).executeTakeFirst())
    if (repository && project) found.push({ repository, project })
  }
  return found
}

/**
 * One file for each change, in the field's own bundle form: a line for each envelope. What was said is never changed, so
 * only what the ref does not hold yet is read and rendered.
 */
async function renderNewFiles(
  { read }: Database,
  key: SigningKey,
  { repository }: Pick<RepositoryPlace, 'repository'>,
  known: ReadonlyMap<string, string>,
): Promise<Map<string, Buffer>> {
  const all = await read
    .selectFrom('sourceAttestation')
    .select(['refUpdateId', 'oid'])
    .where('repositoryId', '=', repository.id)
    .execute()
  const fresh = all.filter((row) => !known.has(fileOf(row)))
  const files = new Map<string, Buffer>(all.length === 0 ? [] : [['key.pem', Buffer.from(key.publicKeyPem)]])
  for (let from = 0; from < fresh.length; from += batch) {
    const rows = await read
      .selectFrom('sourceAttestation')
      .select(['refUpdateId', 'oid', 'provenance', 'summary'])
      .where(
        'refUpdateId',
        'in',
        fresh.slice(from, from + batch).map(({ refUpdateId }) => refUpdateId),
      )
      .execute()
    for (const row of rows) files.set(fileOf(row), Buffer.from(`${row.provenance}\n${row.summary}\n`))
  }
  return files
}

const fileOf = ({ oid, refUpdateId }: Pick<SourceAttestationTable, 'oid' | 'refUpdateId'>): string =>
  `${oid.slice(0, 2)}/${oid}/${refUpdateId}.intoto.jsonl`

// Below the number of parameters that either database takes in one statement.
const batch = 500

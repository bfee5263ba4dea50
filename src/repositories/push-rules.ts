import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RefUpdateTable, Strength, TableName } from '../database/schema.ts'
import type { RefCommand } from '../protocols/git/receive-commands.ts'
import { judgeRefUpdate, type Judgement } from './judge-ref-update.ts'
import { lockNumbers } from './next-number.ts'
import type { RepositoryPlace } from './place.ts'
import { type RefMethod, prepareRefUpdates } from './ref-updates.ts'

export type Refusal = Extract<Judgement, { outcome: 'refuse' }> & { ref: string }

/** The first command of a push that the rule refuses; a push lands whole or not at all. */
export async function findRefusal(
  db: Db<'protectedBranch' | 'repository'>,
  place: RepositoryPlace,
  commands: readonly RefCommand[],
): Promise<Refusal | undefined> {
  const { repository, role } = place
  const rows = await db.selectFrom('protectedBranch').select('ref').where('repositoryId', '=', repository.id).execute()
  const protectedRefs = new Set(rows.map(({ ref }) => ref))
  for (const { ref, oldOid, newOid } of commands) {
    const judgement = judgeRefUpdate({
      door: 'push',
      ref,
      oldOid,
      newOid,
      role,
      defaultRef: `refs/heads/${repository.defaultBranch}`,
      isProtected: protectedRefs.has(ref),
      keepsFirstParents: false,
    })
    if (judgement.outcome === 'refuse') return { ...judgement, ref }
  }
  return undefined
}

/**
 * Judges a push once more and prepares it, in one transaction under the repository's row lock: of two first pushes at
 * once, which would both begin the history, exactly one gets through.
 */
export async function preparePush(
  tx: Tx<TableName>,
  push: {
    place: RepositoryPlace
    commands: readonly RefCommand[]
    actorId: Id<'usr'>
    method: RefMethod
    strength: Strength
    at: number
  },
): Promise<{ refusal: Refusal } | { rows: RefUpdateTable[] }> {
  const { place, commands } = push
  await lockNumbers(tx, place.repository.id)
  const refusal = (await findRefusal(tx, place, commands)) ?? (await findOtherFirstPush(tx, place, commands))
  if (refusal !== undefined) return { refusal }
  return { rows: await prepareRefUpdates(tx, { ...push, repositoryId: place.repository.id, moves: commands }) }
}

async function findOtherFirstPush(
  tx: Tx<TableName>,
  { repository }: RepositoryPlace,
  commands: readonly RefCommand[],
): Promise<Refusal | undefined> {
  const branch = commands.find(({ ref }) => ref.startsWith('refs/heads/'))
  if (branch === undefined) return undefined
  const begun = await tx
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', repository.id)
    .executeTakeFirst()
  if (begun !== undefined) return undefined
  const other = await tx
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', repository.id)
    .where('state', '=', 'prepared')
    .where('ref', 'like', 'refs/heads/%')
    .executeTakeFirst()
  if (other === undefined) return undefined
  return {
    outcome: 'refuse',
    code: 'first-push-raced',
    reason: 'another first push is landing',
    sentences: ['Somebody else makes the first push to this repository right now. Fetch, look, and push again.'],
    ref: branch.ref,
  }
}

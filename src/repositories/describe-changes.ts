import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Blame } from './blame.ts'
import { mostBeyond } from './find-landings.ts'
import { listProofs, type ProofParts } from './proofs.ts'
import type { BlameView } from './shapes.ts'

/** As many values as one question to the database names. */
const batch = 1000

/** By which change each commit came onto the line, and who tapped for it. */
export async function describeChanges(
  parts: ProofParts & { db: Db<'pullRequest'> },
  repositoryId: Id<'rep'>,
  { ranges, commits, line, places, isComplete }: Blame,
): Promise<Pick<BlameView, 'ranges' | 'commits' | 'changes' | 'isComplete'>> {
  const landed = await findProvenTips(parts.db, repositoryId, { line, places: new Set(places.values()) })
  const changeOf = (oid: string): string | null => {
    const place = places.get(oid)
    return place === undefined ? null : (line[landed.get(place) ?? place] ?? null)
  }
  const described = commits.map((commit) => ({ ...commit, changeOid: changeOf(commit.oid) }))
  const oids = [...new Set(described.flatMap(({ changeOid }) => changeOid ?? []))]
  const proofs = await Promise.all(batches(oids).map((some) => listProofs(parts, repositoryId, some)))
  const numbers = await listMerges(parts.db, repositoryId, oids)
  const changes = oids.map((oid) => ({
    oid,
    pullRequest: numbers.get(oid) ?? null,
    proof: proofs.find((some) => some.has(oid))?.get(oid) ?? null,
  }))
  return { ranges: [...ranges], commits: described, changes, isComplete }
}

/**
 * Of a push or a rebase that brought several commits onto the line, the tap stands at the last of them. A seal comes
 * before the certificates of signed pushes, as these also stand for branches that were merged by a tap later. From none of
 * them is looked further than `mostBeyond`.
 */
export async function findProvenTips(
  db: Db<'refUpdate' | 'pushCertificate' | 'seal'>,
  repositoryId: Id<'rep'>,
  { line, places }: { line: readonly string[]; places: ReadonlySet<number> },
): Promise<Map<number, number>> {
  const near = new Set<number>()
  for (const place of places) for (let at = Math.max(0, place - mostBeyond); at <= place; at++) near.add(at)
  const placeOf = new Map(line.map((oid, place) => [oid, place]))
  const bySeal = new Map<number, number>()
  const bySignedPush = new Map<number, number>()
  for (const some of batches([...near].flatMap((place) => line[place] ?? []))) {
    const rows = await db
      .selectFrom('refUpdate')
      .leftJoin('pushCertificate', 'pushCertificate.batchId', 'refUpdate.batchId')
      .leftJoin('seal', 'seal.id', 'refUpdate.sealId')
      .select(['oldOid', 'newOid', 'sealId'])
      .where('refUpdate.repositoryId', '=', repositoryId)
      .where('newOid', 'in', some)
      .where('state', '=', 'done')
      // A tap that wrote a commit brought it nowhere.
      .where((eb) => eb.or([eb('seal.action', '!=', 'commit'), eb('pushCertificate.strength', 'is not', null)]))
      .execute()
    for (const { oldOid, newOid, sealId } of rows) {
      const [from, to] = [placeOf.get(newOid), placeOf.get(oldOid)]
      if (from === undefined) continue
      const tips = sealId === null ? bySignedPush : bySeal
      // Of what it moved from nothing is known beyond the line: then it stands for itself alone.
      for (let place = from; place < (to ?? from + 1); place++)
        if (places.has(place)) tips.set(place, Math.max(from, tips.get(place) ?? 0))
    }
  }
  return new Map([...bySignedPush, ...bySeal])
}

async function listMerges(
  db: Db<'pullRequest'>,
  repositoryId: Id<'rep'>,
  oids: readonly string[],
): Promise<Map<string, number>> {
  const numbers = new Map<string, number>()
  for (const some of batches(oids)) {
    const rows = await db
      .selectFrom('pullRequest')
      .select(['number', 'mergeOid'])
      .where('repositoryId', '=', repositoryId)
      .where('mergeOid', 'in', some)
      .execute()
    for (const { number, mergeOid } of rows) if (mergeOid !== null) numbers.set(mergeOid, number)
  }
  return numbers
}

const batches = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / batch) }, (_, at) => items.slice(at * batch, (at + 1) * batch))

import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryTable } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { splitTagSignature } from '../protocols/sshsig/tag-signature.ts'
import { readCommits } from './commits.ts'
import { describeSignatures } from './commit-signatures/describe-signatures.ts'
import type { CommitSignature } from './commit-signatures/shapes.ts'
import { describeCommits, type DescribeParts } from './describe-commits.ts'
import { listProofs } from './proofs.ts'
import { findTip, type Source } from './revision.ts'
import type { BranchView, TagView } from './shapes.ts'

interface Ref {
  /** Without `refs/heads/` or `refs/tags/`. */
  name: string
  oid: string
}

/** A page of branches: the default one first, then by name. */
export async function listBranches(
  source: Source,
  parts: DescribeParts & { db: Db<'pullRequest' | 'protectedBranch'> },
  repository: Pick<RepositoryTable, 'id' | 'defaultBranch'>,
  cursor: string | undefined,
): Promise<{ items: BranchView[]; nextCursor: string | null }> {
  const refs = await listRefs(source, 'refs/heads/')
  const isDefault = ({ name }: Ref): boolean => name === repository.defaultBranch
  const sorted = refs.toSorted((one, other) => Number(isDefault(other)) - Number(isDefault(one)))
  const page = cutPage(
    pageAfter(sorted, cursor),
    ({ name, at }) => [name, at],
    (ref) => ref,
  )
  const tips = await readTips(source, parts, repository.id, page.items)
  const marks = await readMarks(parts.db, repository.id, page.items)
  const items = page.items.flatMap((ref): BranchView[] => {
    const tip = tips.get(ref.oid)
    if (tip === undefined) return []
    const full = `refs/heads/${ref.name}`
    const isProtected = marks.protectedRefs.has(full)
    const merged = marks.merged.get(full)
    return [
      {
        name: ref.name,
        tip,
        isDefault: isDefault(ref),
        isProtected,
        openPullRequest: marks.open.get(full) ?? null,
        mergedPullRequest: merged?.headOid === ref.oid ? merged.number : null,
      },
    ]
  })
  return { items, nextCursor: page.nextCursor }
}

/** A page of tags, newest first. Tags of something else than a commit are left out. */
export async function listTags(
  source: Source,
  parts: DescribeParts,
  repositoryId: Id<'rep'>,
  cursor: string | undefined,
): Promise<{ items: TagView[]; nextCursor: string | null }> {
  const refs = await listRefs(source, 'refs/tags/', '--sort=-creatordate')
  const page = cutPage(
    pageAfter(refs, cursor),
    ({ name, at }) => [name, at],
    (ref) => ref,
  )
  const peeled = await Promise.all(
    page.items.map(async ({ name, oid: own }) => ({
      name,
      own,
      oid: (await findTip(source, `refs/tags/${name}`)) ?? '',
    })),
  )
  const tags = peeled.filter(({ oid }) => oid !== '')
  const tips = await readTips(source, parts, repositoryId, tags)
  const objects = await readTagObjects(source, tags)
  // A light tag is its commit.
  const annotated = tags.flatMap(({ own, oid }) => (own === oid ? [] : [own]))
  const signatures = await describeSignatures(parts, source, repositoryId, annotated)
  const proofs = await listProofs(parts, repositoryId, annotated)
  const items = tags.flatMap(({ name, own, oid }): TagView[] => {
    const tip = tips.get(oid)
    if (tip === undefined) return []
    const object = objects.get(name)
    // Whoever may push can give the object of one tag a second name, of which nobody signed anything.
    const signature = signatures.get(own) ?? null
    const isItsOwn = object?.name === name
    return [
      {
        name,
        tip,
        message: object?.message ?? null,
        signature: isItsOwn || !object ? signature : signature && ofAnother(signature, object.name),
        proof: (isItsOwn ? proofs.get(own) : undefined) ?? null,
      },
    ]
  })
  return { items, nextCursor: page.nextCursor }
}

async function listRefs({ git, folder }: Source, prefix: string, sort = '--sort=refname'): Promise<Ref[]> {
  const { stdout } = await git.run(['for-each-ref', sort, '--format=%(objectname) %(refname)', prefix], {
    repository: folder,
  })
  const lines = stdout.toString().split('\n').filter(Boolean)
  return lines.map((line) => ({ oid: line.slice(0, 40), name: line.slice(41 + prefix.length) }))
}

function pageAfter(refs: readonly Ref[], cursor: string | undefined): (Ref & { at: number })[] {
  const placed = refs.map((ref, at) => ({ ...ref, at }))
  if (cursor === undefined) return placed.slice(0, pageSize + 1)
  const [last, place] = parseCursor(cursor, 'string', 'number')
  const found = placed.findIndex(({ name }) => name === last)
  // The last one seen is gone: what followed it stands in its place.
  const start = found === -1 ? Math.max(0, place) : found + 1
  return placed.slice(start, start + pageSize + 1)
}

async function readTips(source: Source, parts: DescribeParts, repositoryId: Id<'rep'>, refs: readonly Ref[]) {
  const oids = refs.map(({ oid }) => oid)
  const commits = await readCommits(source, oids)
  const views = await describeCommits(parts, source, repositoryId, [...commits.values()])
  return new Map(views.map((view) => [view.oid, view]))
}

async function readMarks(
  db: Db<'pullRequest' | 'protectedBranch'>,
  repositoryId: Id<'rep'>,
  refs: readonly Pick<Ref, 'name'>[],
) {
  const open = await db
    .selectFrom('pullRequest')
    .select(['sourceRef', 'number'])
    .where('repositoryId', '=', repositoryId)
    .where('state', '=', 'open')
    .orderBy('number')
    .execute()
  const sources = refs.map(({ name }) => `refs/heads/${name}`)
  const merged =
    sources.length === 0
      ? []
      : await db
          .selectFrom('pullRequest')
          .select(['sourceRef', 'number', 'headOid'])
          .where('repositoryId', '=', repositoryId)
          .where('state', '=', 'merged')
          .where('sourceRef', 'in', sources)
          .orderBy('number')
          .execute()
  const kept = await db.selectFrom('protectedBranch').select('ref').where('repositoryId', '=', repositoryId).execute()
  return {
    open: new Map(open.map(({ sourceRef, number }) => [sourceRef, number])),
    /** The last one of each: what it merged is the whole branch only while nobody has pushed to it since. */
    merged: new Map(merged.map((row) => [row.sourceRef, row])),
    protectedRefs: new Set(kept.map(({ ref }) => ref)),
  }
}

const ofAnother = (signature: CommitSignature, name: string): CommitSignature => ({
  ...signature,
  state: signature.state === 'registered' ? 'doubtful' : signature.state,
  remarks: [`What was signed is the tag ${name}. Somebody gave it this name too.`, ...signature.remarks],
})

/** What annotated tags say of themselves: the name they were made under, and what people wrote. */
async function readTagObjects(
  { git, folder }: Source,
  tags: readonly Pick<Ref, 'name'>[],
): Promise<Map<string, { name: string; message: string }>> {
  const objects = git.objects(folder)
  const read = await Promise.all(
    tags.map(async ({ name }): Promise<[string, { name: string; message: string }][]> => {
      const found = await objects.read(`refs/tags/${name}`, { maxBytes: 1024 ** 2 }).catch(() => undefined)
      if (found?.type !== 'tag') return []
      const text = (splitTagSignature(found.content)?.payload ?? found.content).toString()
      const end = text.indexOf('\n\n')
      const [, own = ''] = /\ntag ([^\n]*)/.exec(text.slice(0, end)) ?? []
      return [[name, { name: own, message: withoutTrailers(text.slice(end + 2)).trim() }]]
    }),
  )
  return new Map(read.flat())
}

/** What a tap added for programs is no part of what its person wrote. */
const withoutTrailers = (message: string): string =>
  /\n\nPostern-Repository: \S+\nPostern-Ref: refs\/tags\/\S+\nPostern-Statement: sha256:[0-9a-f]{64}\n$/.test(message)
    ? message.slice(0, message.lastIndexOf('\n\n'))
    : message

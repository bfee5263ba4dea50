import { SEALS_REF, SIGNERS_REF } from '../seals/format/projection.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { checkAppendOnly } from './append-only.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { CloneRefs } from './clone-refs.ts'
import type { Repository } from './git.ts'
import { readHistories } from './history.ts'
import type { ObjectReader } from './object-reader.ts'

/** Commits that refs/postern/signers and refs/postern/seals are at. Throws CannotJudge `postern-refs-missing`. */
export function posternTips({ oids }: CloneRefs): { signers: string; seals: string } {
  const [signers, seals] = [SIGNERS_REF, SEALS_REF].map((ref) => {
    const tip = oids.get(ref)
    if (tip !== undefined) return tip
    throw new CannotJudge(
      'postern-refs-missing',
      `${ref} is not in this clone: run \`git fetch origin 'refs/postern/*:refs/postern/*'\` and try again`,
    )
  }) as [string, string]
  return { signers, seals }
}

/** That both refs only grew. Throws CannotJudge `history-rewritten`, `signers-malformed`. */
export async function checkHistory(
  repository: Repository,
  { signers, seals }: ReturnType<typeof posternTips>,
  objects: ObjectReader,
): Promise<void> {
  const refs = [
    { ref: SIGNERS_REF, tip: signers },
    { ref: SEALS_REF, tip: seals },
  ]
  const histories = await readHistories(repository, refs)
  try {
    for (const [index, { ref }] of refs.entries()) await checkAppendOnly(ref, histories[index] ?? [], objects)
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new CannotJudge('signers-malformed', `an earlier state of refs/postern/*: ${cause.message}`, { cause })
  }
}

/** Blob ids of the plain files of a commit, by path. Throws CannotJudge `history-rewritten`. */
export async function readFiles(repository: Repository, commit: string): Promise<Map<string, string>> {
  const listed = await repository.run(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', commit])
  const files = new Map<string, string>()
  for (const line of listed.split('\0')) {
    const [, oid, path] = /^100644 blob ([0-9a-f]{40})\t([^]+)$/.exec(line) ?? []
    if (oid === undefined || path === undefined) continue
    // git tells of the second as of one more file, and whoever reads the tree takes it for the first.
    if (files.has(path)) throw new CannotJudge('history-rewritten', `refs/postern/*: ${path} stands there twice`)
    files.set(path, oid)
  }
  return files
}

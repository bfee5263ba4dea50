import { SEALS_REF, SIGNERS_REF } from '../seals/format/projection.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { CloneRefs } from './clone-refs.ts'
import type { Repository } from './git.ts'
import { type History, readHistories } from './history.ts'

export interface PosternHistory {
  signers: History
  seals: History
}

/** What a clone holds of refs/postern/*. Throws CannotJudge `postern-refs-missing`, `history-rewritten`. */
export async function readPosternHistory(repository: Repository, { oids }: CloneRefs): Promise<PosternHistory> {
  const [signers, seals] = await readHistories(
    repository,
    [SIGNERS_REF, SEALS_REF].map((ref) => {
      const tip = oids.get(ref)
      if (tip !== undefined) return { ref, tip }
      throw new CannotJudge(
        'postern-refs-missing',
        `${ref} is not in this clone: run \`git fetch origin '+refs/postern/*:refs/postern/*'\` and try again`,
      )
    }),
  )
  if (!signers || !seals) throw new CannotJudge('git-failed', 'git told of fewer refs than it was asked for')
  return { signers, seals }
}

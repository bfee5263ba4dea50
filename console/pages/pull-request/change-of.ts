import type { PullRequestView } from '../../api/shapes.ts'
import type { DiffSource } from '../code/diff-queries.ts'

/** The change that a pull request proposes, or did, as it stands now. */
export const changeOf = (
  pullApi: string,
  { mergeBaseOid, headOid, mergeOid }: Pick<PullRequestView, 'mergeBaseOid' | 'headOid' | 'mergeOid'>,
): DiffSource => ({ api: `${pullApi}/files`, version: `${mergeBaseOid} ${headOid} ${mergeOid}` })

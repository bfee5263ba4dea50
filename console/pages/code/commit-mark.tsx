import { Group } from '@mantine/core'
import type { CommitView } from '../../api/shapes.ts'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import { SignatureMark } from '../../ui/signature-mark.tsx'
import { verifyLines } from './verify-lines.ts'

/** What is known of a commit, opening its card: first who proved it, then who signed it. */
export function CommitMark({ commit, isCompact = false }: { commit: CommitView; isCompact?: boolean }) {
  const { proof, signature } = commit
  if (proof === null && signature === null) return null
  return (
    <Group gap={6} wrap="nowrap">
      <ProofMark
        proof={proof}
        isCompact={isCompact}
        card={proof && <ProofCard proof={proof} verifyLines={verifyLines(commit.oid)} />}
      />
      <SignatureMark signature={signature} isCompact={isCompact || proof !== null} />
    </Group>
  )
}

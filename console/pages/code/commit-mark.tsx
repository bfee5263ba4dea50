import type { CommitView } from '../../api/shapes.ts'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import { verifyLines } from './verify-lines.ts'

/** The proof mark of a commit, opening its card. */
export const CommitMark = (props: { commit: CommitView; isCompact?: boolean }) => (
  <ProofMark
    proof={props.commit.proof}
    isCompact={props.isCompact ?? false}
    card={props.commit.proof && <ProofCard proof={props.commit.proof} verifyLines={verifyLines(props.commit.oid)} />}
  />
)

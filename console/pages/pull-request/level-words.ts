import type { SourceAttestation } from '../../api/shapes.ts'

export const levelOf = ({ level }: Pick<SourceAttestation, 'level'>): number => Number(/\d+$/.exec(level)?.[0] ?? 0)

/** What a level of the source track means for one change, to somebody who never heard of it. */
export function levelWords(level: number): string {
  if (level >= 4)
    return 'Two people or more agreed to this change, one of them with the tap that merged it. Nobody could do it alone.'
  if (level === 3)
    return 'A person proved this change with a tap. Level 4 takes a second person, who agrees to it with a tap of their own.'
  return 'The change is kept in the branch’s history for good, but no tap proves who made it.'
}

/** As the field bundles them: an envelope a line. */
export const attestationFile = ({ provenance, summary }: Pick<SourceAttestation, 'provenance' | 'summary'>): Blob =>
  new Blob([`${JSON.stringify(provenance)}\n${JSON.stringify(summary)}\n`], { type: 'application/jsonl' })

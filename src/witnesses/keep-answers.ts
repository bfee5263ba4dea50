import type { Head } from '../audit/ledger/publish.ts'
import type { Tx } from '../database/handles.ts'
import type { WitnessTable } from '../database/schema.ts'
import type { WitnessAnswer } from './ask-witness.ts'

export interface Answered {
  /** As it was when it was asked. */
  witness: WitnessTable
  answer: WitnessAnswer
}

/** Notes what each said of this head, of those that are witnesses still. Returns those that contradict since now. */
export async function keepAnswers(
  tx: Tx<'witness'>,
  answered: readonly Answered[],
  { size, at }: Pick<Head, 'size'> & { at: number },
): Promise<{ name: string; problem: string }[]> {
  const contradicting: { name: string; problem: string }[] = []
  for (const { witness, answer } of answered) {
    // Only its cosignature takes a contradiction back.
    if ('problem' in answer && witness.isContradicting === 1 && !answer.isContradicting) continue
    const { numUpdatedRows } = await tx
      .updateTable('witness')
      .set('problem' in answer ? refused(answer, witness.problemSince ?? at) : cosigned(answer, size))
      .where('id', '=', witness.id)
      .executeTakeFirst()
    const isNews = numUpdatedRows > 0n && witness.isContradicting === 0
    if ('problem' in answer && answer.isContradicting && isNews)
      contradicting.push({ name: witness.name, problem: answer.problem })
  }
  return contradicting
}

type Refused = Extract<WitnessAnswer, { problem: string }>

const refused = ({ problem, isContradicting }: Refused, problemSince: number): Partial<WitnessTable> => ({
  problem,
  problemSince,
  isContradicting: isContradicting ? 1 : 0,
})

const cosigned = ({ line, cosignedAt }: Exclude<WitnessAnswer, Refused>, size: number): Partial<WitnessTable> => ({
  cosignedSize: size,
  cosignedAt,
  cosignature: line,
  problem: null,
  problemSince: null,
  isContradicting: 0,
})

import { Figure } from '../../ui/figure.tsx'
import { percentWords } from '../../ui/figure-words.ts'
import { counted } from '../../ui/plain-words.ts'
import type { FigureOf } from './insights-queries.ts'

export function MergesFigure({ insights: { days, merges }, since }: FigureOf) {
  const { count, proven, rows } = merges
  return (
    <Figure
      title="Merges proven"
      rows={rows}
      columns={[
        { label: 'Repository', value: ({ repository }) => repository },
        { label: 'Merges', value: (row) => row.count },
        { label: 'Proven', value: (row) => row.proven },
        { label: 'Share', value: (row) => percentWords(row.proven, row.count) },
      ]}
      bars={(row) => [(100 * row.proven) / row.count]}
      file={`postern-merges-${days}-days`}
    >
      {count === 0
        ? `Nothing was merged since ${since}.`
        : `A person’s tap proves ${proven.toLocaleString('en')} of ${counted(count, 'merge')} since ${since}. Everything that landed on a protected branch counts, and every merge into another.`}
    </Figure>
  )
}

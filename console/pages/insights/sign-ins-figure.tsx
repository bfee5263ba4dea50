import { Figure } from '../../ui/figure.tsx'
import { percentWords } from '../../ui/figure-words.ts'
import { capital, counted } from '../../ui/plain-words.ts'
import { strengthWords } from '../../ui/strength-words.ts'
import { methodWords } from '../audit/action-words.ts'
import { categoryWords } from './category-words.ts'
import type { FigureOf } from './insights-queries.ts'

export function SignInsFigure({ insights: { days, signIns }, since }: FigureOf) {
  const { count, rows } = signIns
  return (
    <Figure
      title="Sign-ins"
      rows={rows}
      columns={[
        {
          label: 'Kind of key',
          value: ({ method, category }) => (method === 'passkey' ? capital(categoryWords(category)) : 'No key of here'),
        },
        { label: 'How', value: ({ method }) => methodWords[method] ?? method, isNote: true },
        { label: 'Strength', value: ({ strength }) => strengthWords[strength], isNote: true },
        { label: 'Count', value: (row) => row.count },
        { label: 'Share', value: (row) => percentWords(row.count, count) },
      ]}
      bars={(row) => [(100 * row.count) / count]}
      file={`postern-sign-ins-${days}-days`}
    >
      {count === 0 ? `Nobody signed in since ${since}.` : `${counted(count, 'sign-in')} since ${since}.`}
    </Figure>
  )
}

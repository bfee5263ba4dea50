import type { Insights, KeyRow } from '../../api/shapes.ts'
import { Figure } from '../../ui/figure.tsx'
import { percentWords } from '../../ui/figure-words.ts'
import { capital, counted } from '../../ui/plain-words.ts'
import { strengthWords } from '../../ui/strength-words.ts'

const keyWords = ({ strength }: KeyRow) => (strength === null ? 'No passkey yet' : capital(strengthWords[strength]))

export const KeysFigure = ({ insights: { people } }: { insights: Insights }) => (
  <Figure
    title="People by their strongest key"
    rows={people.rows}
    columns={[
      { label: 'Strongest key', value: keyWords },
      { label: 'People', value: ({ count }) => count },
      { label: 'Share', value: ({ count }) => percentWords(count, people.count) },
    ]}
    bars={({ count }) => [(100 * count) / people.count]}
    file="postern-people-by-strongest-key"
  >
    {`${counted(people.count, 'account')} as of now, whatever the period. The example people are left out.`}
  </Figure>
)

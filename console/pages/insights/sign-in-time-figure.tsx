import { Figure } from '../../ui/figure.tsx'
import { secondsWords } from '../../ui/figure-words.ts'
import { capital, counted } from '../../ui/plain-words.ts'
import { categoryWords } from './category-words.ts'
import type { FigureOf } from './insights-queries.ts'

export function SignInTimeFigure({ insights, since }: FigureOf) {
  const { rows } = insights.timeToSignIn
  const [all] = rows
  const longest = Math.max(1, ...rows.map(({ p95Ms }) => p95Ms))
  return (
    <Figure
      title="Time to sign in"
      rows={rows}
      columns={[
        {
          label: 'Kind of key',
          value: ({ category }) => (category === null ? 'All' : capital(categoryWords(category))),
        },
        { label: 'Count', value: ({ count }) => count },
        {
          label: 'Half within',
          fileLabel: 'Half within (seconds)',
          value: ({ medianMs }) => medianMs / 1000,
          words: ({ medianMs }) => secondsWords(medianMs),
        },
        {
          label: '95% within',
          fileLabel: '95% within (seconds)',
          value: ({ p95Ms }) => p95Ms / 1000,
          words: ({ p95Ms }) => secondsWords(p95Ms),
        },
      ]}
      bars={({ medianMs, p95Ms }) => [(100 * medianMs) / longest, (100 * (p95Ms - medianMs)) / longest]}
      file={`postern-time-to-sign-in-${insights.days}-days`}
    >
      {all
        ? `Half of ${counted(all.count, 'sign-in')} took no longer than ${secondsWords(all.medianMs)}, 95% of them no longer than ${secondsWords(all.p95Ms)}: from the moment the page stood there until the key had answered, as the browser measured it.`
        : `No browser has told how long a sign-in took since ${since}.`}
    </Figure>
  )
}

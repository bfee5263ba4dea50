import { Figure } from '../../ui/figure.tsx'
import { percentWords } from '../../ui/figure-words.ts'
import { capital, counted } from '../../ui/plain-words.ts'
import type { FigureOf } from './insights-queries.ts'

interface Line {
  words: string
  count: number
}

export function TapsFigure({ insights: { days, taps }, since }: FigureOf) {
  const { made, refused } = taps
  const asked = made + refused
  const lines: Line[] = taps.rows.map(({ words, count }) => ({ words: `To ${words}`, count }))
  if (refused > 0) lines.push({ words: 'Refused by the person', count: refused })
  return (
    <Figure
      title="Taps"
      rows={lines}
      columns={[
        { label: 'What for', value: ({ words }) => capital(words) },
        { label: 'Taps', value: ({ count }) => count },
        { label: 'Share', value: ({ count }) => percentWords(count, asked) },
      ]}
      bars={({ count }) => [(100 * count) / asked]}
      file={`postern-taps-${days}-days`}
    >
      {asked === 0
        ? `No tap was made or refused since ${since}.`
        : `${counted(made, 'tap')} sealed an act since ${since}; ${refused === 0 ? 'nobody refused one' : `${counted(refused, 'time')} the person who was asked refused`}.`}
    </Figure>
  )
}

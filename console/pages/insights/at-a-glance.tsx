import { SimpleGrid, Stack, Text } from '@mantine/core'
import type { Insights } from '../../api/shapes.ts'
import { percentWords, secondsWords } from '../../ui/figure-words.ts'

/** The four numbers that matter most. */
export function AtAGlance({ insights: { signIns, timeToSignIn, people, merges } }: { insights: Insights }) {
  const without = people.rows.find(({ strength }) => strength === null)?.count ?? 0
  const [all] = timeToSignIn.rows
  const numbers = [
    { number: signIns.count.toLocaleString('en'), words: signIns.count === 1 ? 'sign-in' : 'sign-ins' },
    all
      ? { number: secondsWords(all.medianMs), words: 'or less to sign in, half of the time' }
      : { number: '–', words: 'no time to sign in was measured yet' },
    {
      number: percentWords(people.count - without, people.count),
      words:
        people.count === 1
          ? 'of 1 person has a passkey'
          : `of ${people.count.toLocaleString('en')} people have a passkey`,
    },
    {
      number: merges.count === 0 ? '–' : percentWords(merges.proven, merges.count),
      words: 'of merges proven by a tap',
    },
  ]
  return (
    <SimpleGrid component="section" aria-label="At a glance" cols={{ base: 2, sm: 4 }} spacing="md">
      {numbers.map(({ number, words }) => (
        <Stack key={words} gap={2}>
          <Text fz={28} fw={650} lh={1.2} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {number}
          </Text>
          <Text size="sm" c="dimmed">
            {words}
          </Text>
        </Stack>
      ))}
    </SimpleGrid>
  )
}

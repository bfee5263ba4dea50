import { List, Stack, Text } from '@mantine/core'
import type { EndedKind } from '../../../api/shapes.ts'
import { countWords } from './ending-words.ts'

/** What ends, and what is passed on, each kind with how many. */
export function KindList({ kinds, tense }: { kinds: EndedKind[]; tense: 'now' | 'past' }) {
  const ended = kinds.filter(({ count, isPassedOn }) => count > 0 && !isPassedOn)
  const passedOn = kinds.filter(({ count, isPassedOn }) => count > 0 && isPassedOn)
  return (
    <Stack gap="sm">
      {ended.length === 0 ? (
        <Text>
          {tense === 'now' ? 'There is nothing they could come in with.' : 'There was nothing to come in with.'}
        </Text>
      ) : (
        <Stack gap={4}>
          {tense === 'now' && <Text fw={550}>This ends at once</Text>}
          <Kinds kinds={ended} />
        </Stack>
      )}
      {passedOn.length > 0 && (
        <Stack gap={4}>
          <Text fw={550}>
            {tense === 'now'
              ? 'This goes on, and somebody must keep it within 14 days'
              : 'Passed on to the repositories’ administrators'}
          </Text>
          <Kinds kinds={passedOn} />
        </Stack>
      )}
    </Stack>
  )
}

const Kinds = ({ kinds }: { kinds: EndedKind[] }) => (
  <List spacing={2}>
    {kinds.map((one) => (
      <List.Item key={one.kind}>{countWords(one)}</List.Item>
    ))}
  </List>
)

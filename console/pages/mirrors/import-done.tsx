import { Alert, Button, Group, List, Paper, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ImportView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { fileSize } from '../code/file-size.ts'
import type { Place } from '../code/use-place.ts'
import { count } from './import-words.ts'

/** What came, what did not, and what to do next. */
export function ImportDone({ place, view }: { place: Place; view: ImportView }) {
  const { result } = view
  if (result === null) return null
  const { branches, tags, bytes, defaultBranch, lfsPointers, leftOut, leftOutCount } = result
  return (
    <Stack>
      <Paper withBorder p="lg">
        <Text role="status" mb="xs">
          {branches + tags === 0
            ? 'The other repository is empty, and so is this one.'
            : `${count(branches, 'branch', 'branches')} and ${count(tags, 'tag', 'tags')} came, ${fileSize(bytes)} in all.`}
        </Text>
        {defaultBranch !== null && (
          <Text c="dimmed">
            From where it stands now, {defaultBranch} is protected: it changes only by what a person proves with a tap.
          </Text>
        )}
      </Paper>
      {lfsPointers !== 0 && (
        <Alert color="yellow" variant="light" icon={<IconInfoCircle />} title="Files of Git LFS">
          {lfsPointers === null
            ? 'There were too many small files to count pointers of Git LFS. Where there are some, what they point to was not copied.'
            : `${count(lfsPointers, 'pointer', 'pointers')} of Git LFS came as ${lfsPointers === 1 ? 'it is' : 'they are'}. What they point to was not copied: keep the other server’s LFS storage, and name it in .lfsconfig.`}
        </Alert>
      )}
      {leftOutCount > 0 && (
        <Alert color="yellow" variant="light" icon={<IconInfoCircle />} title="Left out, because of their names">
          <List size="sm">
            {leftOut.map((ref) => (
              <List.Item key={ref} style={{ overflowWrap: 'anywhere' }}>
                {ref}
              </List.Item>
            ))}
          </List>
          {leftOutCount > leftOut.length && <Text size="sm">and {leftOutCount - leftOut.length} more</Text>}
        </Alert>
      )}
      <Group>
        <Button component="a" href={paths.repository(place.project, place.name)}>
          Look at it
        </Button>
        <Button
          component="a"
          variant="default"
          href={paths.mirrors(place.project, place.name, { new: 'yes', url: view.url })}
        >
          Mirror it back there
        </Button>
      </Group>
    </Stack>
  )
}

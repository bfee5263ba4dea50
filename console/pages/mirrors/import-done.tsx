import { Alert, Button, Group, List, Paper, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ImportView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { fileSize } from '../../ui/file-size.ts'
import type { Place } from '../code/use-place.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { count, lfsLeftWords } from './import-words.ts'

/** What came, what did not, and what to do next. */
export function ImportDone({ place, view }: { place: Place; view: ImportView }) {
  const { result } = view
  if (result === null) return null
  const { branches, tags, bytes, defaultBranch, lfs, leftOut, leftOutCount } = result
  const lfsLeft = lfsLeftWords(result)
  return (
    <Stack>
      <Paper withBorder p="lg">
        <Text role="status" mb="xs">
          {branches + tags === 0
            ? 'The other repository is empty, and so is this one.'
            : `${count(branches, 'branch', 'branches')} and ${count(tags, 'tag', 'tags')} came, ${fileSize(bytes)} in all.`}
        </Text>
        {lfs !== undefined && lfs.brought > 0 && (
          <Text mb="xs">
            With {count(lfs.brought, 'file', 'files')} of Git LFS, {fileSize(lfs.bytes)}.
          </Text>
        )}
        {defaultBranch !== null && (
          <Text c="dimmed">
            From where it stands now, {defaultBranch} is protected: it changes only by what a person proves with a tap.
          </Text>
        )}
      </Paper>
      {lfsLeft !== null && (
        <Alert color="yellow" variant="light" icon={<IconInfoCircle />} title="Files of Git LFS">
          <Stack gap="xs">
            <Text size="sm">{lfsLeft} Whoever has a clone of the other repository brings them, in it:</Text>
            <CopyBlock
              lines={[
                'git lfs fetch --all origin',
                `git lfs push --all ${window.location.origin}/${place.project}/${place.name}.git`,
              ]}
            />
          </Stack>
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

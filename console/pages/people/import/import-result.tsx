import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { ImportDone } from '../../../api/shapes.ts'
import { renderCsv } from '../../../csv.ts'
import { paths } from '../../../paths.ts'
import { saveFile } from '../../../save-file.ts'
import { people } from './count-people.ts'

/** What was done, and the links that nobody has yet. They are shown this once. */
export function ImportResult({ done, onAgain }: { done: ImportDone; onAgain: () => void }) {
  const { created, passwords, links, leftOut } = done
  const save = () => saveFile(new Blob([renderCsv([titles, ...links.map(cellsOf)])], { type: 'text/csv' }), 'links.csv')
  return (
    <Alert color="gray" icon={<IconCheck />} title={`Imported ${people(created).toLowerCase()}`}>
      <Stack gap="sm">
        {passwords > 0 && (
          <Text size="sm">
            {people(passwords)} can sign in with the password they know, and will be asked for a passkey.
          </Text>
        )}
        {links.length > 0 && (
          <Text size="sm">
            Links to make a passkey, for {people(links.length).toLowerCase()}, are shown this once: save them now, and
            send each where only that person reads.
          </Text>
        )}
        {leftOut.length > 0 && (
          <>
            <Text size="sm">Left out:</Text>
            <List size="sm">
              {leftOut.slice(0, 20).map(({ row, username, problems }) => (
                <List.Item key={row} style={{ overflowWrap: 'anywhere' }}>
                  Row {row}, {username}: {problems.join(' ')}
                </List.Item>
              ))}
            </List>
            {leftOut.length > 20 && <Text size="sm">And {leftOut.length - 20} more.</Text>}
          </>
        )}
        <Group gap="xs">
          {links.length > 0 && <Button onClick={save}>Save the links</Button>}
          <Button variant="default" onClick={onAgain}>
            Import more
          </Button>
          <Anchor href={paths.people()} size="sm">
            Back to people
          </Anchor>
        </Group>
      </Stack>
    </Alert>
  )
}

const titles = ['username', 'email', 'link', 'works until']
const cellsOf = ({ username, email, link, expiresAt }: ImportDone['links'][number]) => [
  username,
  email,
  link,
  new Date(expiresAt).toISOString(),
]

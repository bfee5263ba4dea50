import { Stack, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useInstance } from '../../api/use-me.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { WholeList } from '../../ui/whole-list.tsx'
import { programsQuery } from './account-queries.ts'
import { ProgramRow } from './program-row.tsx'

/** What every git understands, with no other program to install. */
function SetGitUp() {
  const { url } = useInstance()
  return (
    <Stack gap="xs" maw={820} mt="sm">
      <CopyBlock
        label="Set git up, with Node 20 or newer"
        lines={[
          `curl -fsS ${url}/-/postern.mjs -o ~/postern.mjs`,
          `git config --global credential.${url}.helper '!node ~/postern.mjs git-credential'`,
        ]}
      />
      <Text size="sm" c="dimmed">
        Then clone over HTTPS as ever. Git Credential Manager and git-credential-oauth can do the same.
      </Text>
    </Stack>
  )
}

export function ProgramsTab() {
  const { data } = useSuspenseQuery(programsQuery)
  return (
    <Stack>
      <Text c="dimmed" maw={640}>
        Programs that you let in with a tap, such as git’s own sign-in by browser. They act as you, within what you
        allowed; they can never approve or merge. Tools that you opened stand here too: they only know who you are.
      </Text>
      {data.items.length > 0 ? (
        <WholeList label="Programs that you let in">
          {data.items.map((program) => (
            <ProgramRow key={program.id} program={program} />
          ))}
        </WholeList>
      ) : (
        <>
          <EmptyState title="No programs">
            Set git up once, and it opens this browser instead of asking for a password.
          </EmptyState>
          <SetGitUp />
        </>
      )}
    </Stack>
  )
}

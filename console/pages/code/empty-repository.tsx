import { Anchor, Button, Group, List, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ImportStoppedBanner, ImportUnderWay, useImport } from '../mirrors/import-banner.tsx'
import { CloneWayControl, CloneWayHelp, useCloneWay } from './clone-way.tsx'

/** A repository without commits: the exact commands that give it its first. */
export function EmptyRepository({ repository }: { repository: RepositoryView }) {
  const { project, defaultBranch, name, path, myRole } = repository
  const clone = useCloneWay(repository)
  useQuery({ ...getQuery<RepositoryView>(repositoryApi(project, name)), refetchInterval: 4_000 })
  const moving = useImport(project, name, myRole === 'admin')
  if (moving === 'under-way') return <ImportUnderWay project={project} name={name} />
  if (myRole === 'read')
    return (
      <EmptyState title="Nothing was pushed yet">
        You may read this repository. Somebody who may write to it makes the first push.
      </EmptyState>
    )
  return (
    <Stack gap="xl" maw={760}>
      {moving === 'stopped' && <ImportStoppedBanner project={project} name={name} />}
      <div>
        <Title order={2} fz="xl" mb={6}>
          Push your first commits
        </Title>
        <Text c="dimmed">
          The first push to {defaultBranch} is recorded as its start. From there {defaultBranch} is protected: it
          changes only by a pull request that a person merges with a tap.
        </Text>
      </div>
      <Paper withBorder p="lg">
        <Title order={3} fz="md" mb={4}>
          1. {clone.way === 'ssh' ? 'Add your SSH key' : 'Make a token for git'}
        </Title>
        <Stack gap="sm">
          <CloneWayControl {...clone} />
          {clone.way === 'ssh' ? (
            <CloneWayHelp {...clone} repository={repository} />
          ) : (
            <>
              <Text size="sm" c="dimmed">
                When git asks, give any user name, and the token as the password.
              </Text>
              <div>
                <Button component="a" href={paths.newToken({ repository: path })}>
                  Make a token
                </Button>
              </div>
            </>
          )}
        </Stack>
      </Paper>
      <Paper withBorder p="lg">
        <Title order={3} fz="md" mb="sm">
          2. Push
        </Title>
        <Stack gap="lg">
          <CopyBlock
            label="A repository you already have"
            lines={[`git remote add origin ${clone.url}`, `git push -u origin HEAD:${defaultBranch}`]}
          />
          <CopyBlock
            label="Or a new one"
            lines={[
              `git init -b ${defaultBranch} ${name}`,
              `cd ${name}`,
              `echo '# ${name}' > README.md`,
              'git add README.md',
              "git commit -m 'Start'",
              `git remote add origin ${clone.url}`,
              `git push -u origin ${defaultBranch}`,
            ]}
          />
        </Stack>
        <List size="sm" mt="md" c="dimmed" spacing={4}>
          <List.Item>Push the whole history now: what comes in the first push is not asked for a proof.</List.Item>
          <List.Item>
            Push again to another branch, then open a{' '}
            <Anchor href={paths.pullRequests(project, name)} inherit underline="always">
              pull request
            </Anchor>
            .
          </List.Item>
        </List>
      </Paper>
      <Group gap="xs" wrap="nowrap">
        <Loader size="xs" aria-hidden />
        <Text size="sm" c="dimmed">
          Waiting for your push. This page goes on by itself.
        </Text>
      </Group>
    </Stack>
  )
}

import { Anchor, Code, Group, Text } from '@mantine/core'
import { IconGitCompare } from '@tabler/icons-react'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { useUrlQuery } from '../../url-state.ts'
import { CommitList } from './commit-list.tsx'
import { EmptySection } from './empty-section.tsx'
import { HeaderLink } from './header-link.tsx'
import { RefPicker } from './ref-picker.tsx'
import { RepositoryFrame, SectionTitle } from './repository-frame.tsx'
import { usePlace, useRefName } from './use-place.ts'

export const CommitsPage = () => (
  <RepositoryFrame tab="commits" title="Commits">
    {(repository) =>
      repository.isEmpty ? (
        <EmptySection title="Commits" repository={repository} />
      ) : (
        <Commits repository={repository} />
      )
    }
  </RepositoryFrame>
)

function Commits({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const refName = useRefName()
  const path = useUrlQuery()['path']
  const ref = refName ?? repository.defaultBranch
  return (
    <>
      <SectionTitle
        action={
          <Group gap="xs">
            <HeaderLink
              href={paths.compare(place.project, place.name, { to: ref })}
              icon={IconGitCompare}
              label="Compare"
            />
            <RefPicker
              api={place.api}
              current={ref}
              hrefOf={(next) => paths.commits(place.project, place.name, { ref: next, path })}
            />
          </Group>
        }
      >
        Commits
      </SectionTitle>
      {path && (
        <Group gap="xs" mb="md">
          <Text size="sm">
            Those that changed <Code>{path}</Code>
          </Text>
          <Anchor size="sm" href={paths.commits(place.project, place.name, { ref: refName })}>
            Show all
          </Anchor>
        </Group>
      )}
      <CommitList repository={repository} api={`${place.api}/commits`} query={{ ref, path }} />
    </>
  )
}

/** Code: the pages that show what is in a repository. They read; what changes it goes through pull requests and settings. */
import { Group, Text } from '@mantine/core'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { AddFile } from './add-file.tsx'
import { ArchiveMenu, CloneButton } from './clone-button.tsx'
import { EmptyRepository } from './empty-repository.tsx'
import { FindButton } from './find-button.tsx'
import { RefPicker } from './ref-picker.tsx'
import { RepositoryFrame } from './repository-frame.tsx'
import { StartBanners } from './start-banner.tsx'
import { TreeBody } from './tree-body.tsx'
import { usePlace, useRefName } from './use-place.ts'

export const RepositoryPage = () => (
  <RepositoryFrame tab="code" title="Code" isFront>
    {(repository) =>
      repository.isEmpty ? <EmptyRepository repository={repository} /> : <Filled repository={repository} />
    }
  </RepositoryFrame>
)

function Filled({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const refName = useRefName()
  return (
    <>
      <StartBanners repository={repository} />
      {repository.description && (
        <Text mb="md" maw={720} style={{ overflowWrap: 'anywhere' }}>
          {revealHidden(repository.description)}
        </Text>
      )}
      <Group justify="space-between" mb="md" gap="sm">
        <Group gap="sm">
          <RefPicker
            api={place.api}
            current={refName ?? repository.defaultBranch}
            hrefOf={(ref) => paths.repository(place.project, place.name, { ref })}
          />
          <FindButton place={place} refName={refName} />
        </Group>
        <Group gap="sm">
          <AddFile repository={repository} refName={refName} path="" />
          <ArchiveMenu repository={repository} refName={refName ?? repository.defaultBranch} />
          <CloneButton repository={repository} />
        </Group>
      </Group>
      <TreeBody place={place} repository={repository} refName={refName} path="" />
    </>
  )
}

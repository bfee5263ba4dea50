import { Stack, Text } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { RepositoryView } from '../../api/shapes.ts'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { paths } from '../../paths.ts'
import { useUrlQuery } from '../../url-state.ts'
import { EmptySection } from './empty-section.tsx'
import { FoundFiles } from './found-files.tsx'
import { FoundLines } from './found-lines.tsx'
import { RefPicker } from './ref-picker.tsx'
import { RepositoryFrame, SectionTitle } from './repository-frame.tsx'
import { usePlace, useRefName } from './use-place.ts'

export const FindPage = () => (
  <RepositoryFrame tab="code" title="Find">
    {(repository) =>
      repository.isEmpty ? <EmptySection title="Find" repository={repository} /> : <Find repository={repository} />
    }
  </RepositoryFrame>
)

/** Files by their name, and lines by what they say, of one branch, tag or commit. */
function Find({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const refName = useRefName()
  const q = useUrlQuery()['q'] ?? ''
  const ref = refName ?? repository.defaultBranch
  return (
    <>
      <SectionTitle
        action={
          <RefPicker
            api={place.api}
            current={ref}
            hrefOf={(next) => paths.find(place.project, place.name, { ref: next, q })}
          />
        }
      >
        Find
      </SectionTitle>
      <Stack gap="lg">
        <UrlTextInput
          name="q"
          aria-label="Find in this repository"
          placeholder="Part of a file’s name, or words of a line"
          leftSection={<IconSearch size={16} aria-hidden />}
          maw={560}
          maxLength={200}
          autoFocus
        />
        {q === '' ? (
          <Text c="dimmed">Files are found by any part of their path, lines by exactly what they say.</Text>
        ) : (
          <>
            <FoundFiles place={place} currentRef={ref} refName={refName} q={q} />
            <FoundLines place={place} currentRef={ref} refName={refName} q={q} />
          </>
        )}
      </Stack>
    </>
  )
}

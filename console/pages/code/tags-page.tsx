import { ActionIcon, Anchor, Box, Button, Group, Text, Tooltip } from '@mantine/core'
import { IconTag, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { pagesQuery } from '../../api/queries.ts'
import type { RepositoryView, TagView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import { SignatureMark } from '../../ui/signature-mark.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlState } from '../../url-state.ts'
import { ArchiveMenu } from './clone-button.tsx'
import { CommitLine } from './commit-line.tsx'
import { DeleteRef } from './delete-ref.tsx'
import { NewTagForm } from './new-tag-form.tsx'
import { RepositoryFrame, SectionTitle } from './repository-frame.tsx'
import styles from './rows.module.css'
import { type Place, usePlace } from './use-place.ts'
import { verifyTagLines } from './verify-lines.ts'

export const TagsPage = () => (
  <RepositoryFrame tab="tags" title="Tags">
    {(repository) => <Tags repository={repository} />}
  </RepositoryFrame>
)

function Tags({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const list = useInfiniteQuery(pagesQuery<TagView>(`${place.api}/tags`))
  // What is to be tagged: a commit’s page leads here with its own id.
  const [target, setTarget] = useUrlState<string>('new', '')
  const [leaving, setLeaving] = useState<TagView | null>(null)
  const canMake = repository.myRole !== 'read' && !repository.isEmpty
  const tags = list.data?.pages.flatMap((page) => page.items)
  return (
    <>
      <SectionTitle
        action={
          canMake &&
          target === '' && (
            <Button leftSection={<IconTag size={16} aria-hidden />} onClick={() => setTarget(repository.defaultBranch)}>
              New tag
            </Button>
          )
        }
      >
        Tags
      </SectionTitle>
      {canMake && target !== '' && (
        <NewTagForm key={target} place={place} target={target} last={tags?.[0]?.name} onDone={() => setTarget('')} />
      )}
      <ProblemAlert error={list.error} />
      {list.isPending && <RowSkeletons />}
      {tags?.length === 0 && target === '' && (
        <EmptyState
          title="No tags yet"
          action={<CopyBlock lines={["git tag -a v1.0 -m 'First release'", 'git push origin v1.0']} />}
        >
          Tags name commits for good, releases for example. One that is made here is signed by your tap; git brings
          others:
        </EmptyState>
      )}
      {tags && tags.length > 0 && (
        <ul className={styles.rows}>
          {tags.map((tag, index) => (
            <li key={tag.name} className={styles.row}>
              <Box miw={0}>
                <Group gap="sm">
                  <Anchor href={paths.repository(place.project, place.name, { ref: tag.name })} fw={600}>
                    {tag.name}
                  </Anchor>
                  <ProofMark
                    proof={tag.proof}
                    card={tag.proof && <ProofCard proof={tag.proof} verifyLines={verifyTagLines(tag.name)} />}
                  />
                  <SignatureMark signature={tag.signature} isCompact={tag.proof !== null} />
                </Group>
                {tag.message && (
                  <Text size="sm" mb={4} lineClamp={2}>
                    {revealHidden(tag.message)}
                  </Text>
                )}
                <CommitLine repository={repository} commit={tag.tip} />
                <SinceLast place={place} tag={tag} before={tags[index + 1]} />
              </Box>
              <div className={styles.acts}>
                <ArchiveMenu repository={repository} refName={tag.name} />
                {repository.myRole === 'admin' && (
                  <Tooltip label={`Delete ${tag.name}`}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Delete ${tag.name}`}
                      onClick={() => setLeaving(tag)}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
      {leaving && (
        <DeleteRef place={place} kind="tag" name={leaving.name} onClose={() => setLeaving(null)}>
          It names the commit {leaving.tip.oid.slice(0, 12)}. Whoever has fetched the tag keeps it, and what was built
          from it stays where it is. To correct a release, a new tag under another name is clearer.
        </DeleteRef>
      )}
    </>
  )
}

/** The way to what is new in it, where there is one before it. */
const SinceLast = ({ place, tag, before }: { place: Place; tag: TagView; before: TagView | undefined }) =>
  before && (
    // By their whole names: a branch can be called like a tag.
    <Anchor
      size="sm"
      href={paths.compare(place.project, place.name, { from: `refs/tags/${before.name}`, to: `refs/tags/${tag.name}` })}
    >
      Changes since {before.name}
    </Anchor>
  )

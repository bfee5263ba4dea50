import { Button, Group, SimpleGrid, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { CommitView, DescriptionTemplate, PageOf, PullRequestView, RepositoryView } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useGo, useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { EmptySection } from '../code/empty-section.tsx'
import { RepositoryFrame, SectionTitle } from '../code/repository-frame.tsx'
import { usePlace } from '../code/use-place.ts'
import { BranchSelect } from './branch-select.tsx'
import { IncomingList } from './incoming-list.tsx'
import { givesWay, incomingCommits, suggestedWords } from './incoming-commits.ts'

export const NewPullRequestPage = () => (
  <RepositoryFrame tab="pull-requests" title="Open a pull request">
    {(repository) =>
      repository.isEmpty ? (
        <EmptySection title="Open a pull request" repository={repository} />
      ) : (
        <NewPullRequest repository={repository} />
      )
    }
  </RepositoryFrame>
)

function NewPullRequest({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const go = useGo()
  const setQuery = useSetUrlQuery()
  const { source = '', target = repository.defaultBranch } = useUrlQuery()
  const incoming = useIncoming(place.api, source, target)
  const template = useQuery(getQuery<DescriptionTemplate>(`${place.api}/pull-request-template`, { branch: target }))
  const { form, act, onSubmit } = useActForm({
    initialValues: { title: '', description: '', isDraft: false },
    validate: { title: required('a title') },
    act: (values) =>
      api.post<PullRequestView>(`${place.api}/pull-requests`, {
        ...values,
        sourceBranch: source,
        targetBranch: target,
      }),
    onDone: (made: PullRequestView) => {
      void queryClient.invalidateQueries({
        predicate: ({ queryKey }) =>
          [place.api, `${place.api}/pull-requests`, `${place.api}/branches`, '/home'].includes(String(queryKey[0])),
      })
      go(paths.pullRequest(place.project, place.name, made.number), { replace: true })
    },
  })

  const words = incoming.data && source !== '' ? suggestedWords(incoming.data, source) : null
  const description = template.data?.text || (source === '' ? '' : words?.description)
  useSuggestion(form.getValues().title, words?.title, (title) => form.setFieldValue('title', title))
  useSuggestion(form.getValues().description, template.isPending ? undefined : description, (text) =>
    form.setFieldValue('description', text),
  )

  const nothing = incoming.data?.commits.length === 0
  if (repository.branchCount < 2)
    return (
      <EmptyState title="There is no other branch to propose">
        Push one first: git switch -c my-change, commit, git push -u origin my-change.
      </EmptyState>
    )
  return (
    <Stack maw={820}>
      <SectionTitle>Open a pull request</SectionTitle>
      <form onSubmit={onSubmit}>
        <Stack gap="lg">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <BranchSelect
              api={place.api}
              label="Merge"
              value={source}
              except={target}
              onChange={(next) => setQuery({ source: next })}
            />
            <BranchSelect
              api={place.api}
              label="Into"
              value={target}
              except={source}
              onChange={(next) => setQuery({ target: next })}
            />
          </SimpleGrid>
          {source !== '' && (
            <>
              <ProblemAlert error={incoming.error} />
              {incoming.isPending && <RowSkeletons rows={2} />}
              {incoming.data && <IncomingList place={place} incoming={incoming.data} source={source} target={target} />}
            </>
          )}
          <TextInput label="Title" maxLength={250} {...form.getInputProps('title')} />
          <Textarea
            label="Description"
            description={
              template.data?.path ? `Markdown. Begins with ${template.data.path}.` : 'Markdown. Why this change?'
            }
            autosize
            minRows={5}
            maxRows={24}
            {...form.getInputProps('description')}
          />
          <ProblemAlert error={act.error} />
          <Group>
            <Button
              type="submit"
              loading={act.isPending && !form.getValues().isDraft}
              disabled={source === '' || nothing || act.isPending}
              onClick={() => form.setFieldValue('isDraft', false)}
            >
              Open pull request
            </Button>
            <Button
              type="submit"
              variant="default"
              loading={act.isPending && form.getValues().isDraft}
              disabled={source === '' || nothing || act.isPending}
              onClick={() => form.setFieldValue('isDraft', true)}
            >
              Open as draft
            </Button>
            <Text size="sm" c="dimmed">
              {source === '' ? 'Choose the branch to merge first.' : nothing ? 'There is nothing to merge.' : ''}
            </Text>
          </Group>
        </Stack>
      </form>
    </Stack>
  )
}

/** Suggested words give way to typed ones, and follow the branches until then. */
function useSuggestion(typed: string, words: string | undefined, suggest: (words: string) => void): void {
  const last = useRef('')
  useEffect(() => {
    if (words === undefined) return
    if (givesWay(typed, last.current)) suggest(words)
    last.current = words
  }, [words])
}

/** The newest commits of both branches, compared. */
function useIncoming(repositoryPath: string, source: string, target: string) {
  const enabled = source !== ''
  const ours = useQuery({ ...getQuery<PageOf<CommitView>>(`${repositoryPath}/commits`, { ref: source }), enabled })
  const theirs = useQuery({ ...getQuery<PageOf<CommitView>>(`${repositoryPath}/commits`, { ref: target }), enabled })
  const data = ours.data && theirs.data ? incomingCommits(ours.data.items, theirs.data.items) : null
  return { data, error: ours.error ?? theirs.error, isPending: ours.isPending || theirs.isPending }
}

import { Button, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery } from '../../api/queries.ts'
import type { AskedView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { usePathPart } from '../../url-state.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'
import { AskedCard } from './asked-card.tsx'

/** The program that opened this page waits for an answer, and gets it by the way that the browser takes from here. */
export function AuthorisePage() {
  const path = `/authorisations/${encodeURIComponent(usePathPart('id'))}`
  const asked = useQuery({ ...getQuery<AskedView>(path), staleTime: Infinity })
  const onward = ({ returnTo }: { returnTo: string }) => location.assign(returnTo)
  const letIn = useMutation({
    mutationFn: (wanted: { repositoryIds: string[] | null }) => api.post<{ returnTo: string }>(path, wanted),
    onSuccess: onward,
  })
  const refuse = useMutation({
    mutationFn: () => api.post<{ returnTo: string }>(`${path}/refusal`),
    onSuccess: onward,
  })

  if (letIn.isSuccess || refuse.isSuccess) {
    return (
      <EntryLayout title={letIn.isSuccess ? 'It is let in' : 'It was refused'}>
        <Text>You can go back to where you started it, and close this page.</Text>
      </EntryLayout>
    )
  }
  if (asked.error) {
    return (
      <EntryLayout title="Nothing was let in">
        <ProblemAlert error={asked.error} />
        <Button component="a" href={paths.home} variant="default">
          Go to Home
        </Button>
      </EntryLayout>
    )
  }
  if (!asked.data) {
    return (
      <EntryLayout title="A program asks to be let in">
        <RowSkeletons rows={4} height={24} />
      </EntryLayout>
    )
  }
  return (
    <EntryLayout title={`Let ${asked.data.program} in?`} lead="It asks to act in your name, on your own computer.">
      <AskedCard asked={asked.data} letIn={letIn} refuse={refuse} />
    </EntryLayout>
  )
}

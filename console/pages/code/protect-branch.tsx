import { Button, Group, Select, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { BranchView, PageOf, ProtectedBranchView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { Place } from './use-place.ts'

/** Begins the protection of one more branch, where it stands now. */
export function ProtectBranch({ place, taken }: { place: Place; taken: readonly ProtectedBranchView[] }) {
  const [branch, setBranch] = useState<string | null>(null)
  const branches = useQuery(getQuery<PageOf<BranchView>>(`${place.api}/branches`)).data?.items ?? []
  const free = branches.map(({ name }) => name).filter((name) => !taken.some((one) => one.branch === name))
  const act = useMutation({
    mutationFn: () => api.post<ProtectedBranchView>(`${place.api}/protected-branches`, { branch }),
    onSuccess: () => {
      setBranch(null)
      return queryClient.invalidateQueries({ queryKey: [place.api] })
    },
  })
  if (free.length === 0) return null
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <Select
          label="Another branch"
          placeholder="Choose a branch"
          data={free}
          searchable
          value={branch}
          onChange={setBranch}
          flex="0 1 280px"
        />
        <Button variant="default" disabled={branch === null} loading={act.isPending} onClick={() => act.mutate()}>
          Protect it
        </Button>
      </Group>
      <ProblemAlert error={act.error} />
    </Stack>
  )
}

import { Button, Divider, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Departure } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { placesQuery } from '../upstream/upstream-queries.ts'

/** A button for each other place that an owner wants one for; nothing where there is none. */
export function OrganisationWays({ isBusy, returnTo }: { isBusy: boolean; returnTo: string | undefined }) {
  const { data } = useQuery(placesQuery)
  const leave = useMutation({
    mutationFn: (provider: string) =>
      api.post<Departure>(
        '/sign-in/upstream/begin',
        { provider, ...(returnTo === undefined ? {} : { returnTo }) },
        { isSignInOptional: true },
      ),
    onSuccess: ({ url }) => location.assign(url),
  })
  if (!data?.items.length) return null
  return (
    <Stack gap="sm">
      <Divider label="or" />
      <ProblemAlert error={leave.error} />
      {data.items.map(({ id, name }) => (
        <Button
          key={id}
          variant="default"
          fullWidth
          disabled={isBusy}
          loading={leave.variables === id && (leave.isPending || leave.isSuccess)}
          onClick={() => leave.mutate(id)}
        >
          Continue with {name}
        </Button>
      ))}
    </Stack>
  )
}

import { Accordion, Button, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Departure } from '../../api/shapes.ts'
import { emailProblem } from '../../forms/suggest-username.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { placesQuery } from '../upstream/upstream-queries.ts'

/** Leads by the domain of an address to where its organisation signs in. It says nothing of who has an account. */
export function OrganisationAddress() {
  const { data } = useQuery(placesQuery)
  const { returnTo } = useUrlQuery()
  const { form, act, onSubmit } = useActForm({
    initialValues: { address: '' },
    validate: { address: emailProblem },
    act: ({ address }) =>
      api.post<Departure>(
        '/sign-in/upstream/begin',
        { address: address.trim(), ...(returnTo === undefined ? {} : { returnTo }) },
        { isSignInOptional: true },
      ),
    onDone: ({ url }) => location.assign(url),
  })
  if (!data?.isByAddress) return null
  return (
    <Accordion.Item value="organisation">
      <Accordion.Control>Use my organisation’s account</Accordion.Control>
      <Accordion.Panel>
        <form onSubmit={onSubmit} noValidate aria-label="Sign in with your organisation">
          <Stack gap="sm">
            <TextInput
              label="Your address at work"
              type="email"
              autoComplete="email"
              placeholder="you@example.com"
              {...form.getInputProps('address')}
            />
            <ProblemAlert error={act.error} />
            <Button type="submit" variant="default" loading={act.isPending || act.isSuccess}>
              Continue
            </Button>
            <Text size="sm" c="dimmed">
              You go to where your organisation signs in, and come back here.
            </Text>
          </Stack>
        </form>
      </Accordion.Panel>
    </Accordion.Item>
  )
}

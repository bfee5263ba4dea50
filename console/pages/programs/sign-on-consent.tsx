import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Facts, SignOnStanding } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { FactsTable } from '../../ui/facts-table.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { learnsWords } from './sign-on-words.ts'

const row = (label: string, value: string): Facts['rows'][number] => ({ label, value, kind: 'text' })
const onward = ({ returnTo }: { returnTo: string }) => location.assign(returnTo)

/** Somebody else’s tool, or one that wants its person to be asked: what it would learn, and whether it may. */
export function SignOnConsent({ asked }: { asked: SignOnStanding }) {
  const me = useMe()
  const { returnTo } = asked
  const allow = useMutation({
    mutationFn: () => api.post<{ returnTo: string }>('/sign-on/consent', { returnTo }),
    onSuccess: onward,
  })
  const refuse = useMutation({
    mutationFn: () => api.post<{ returnTo: string }>('/sign-on/refusal', { returnTo }),
    onSuccess: onward,
  })
  const isBusy = allow.isPending || refuse.isPending
  return (
    <Stack>
      <FactsTable
        facts={{
          title: asked.application.name,
          rows: [
            row('You are', `${me.displayName} (${me.username})`),
            row('It learns', learnsWords(asked.scopes)),
            ...(asked.goesTo === null ? [] : [row('Goes to', asked.goesTo)]),
          ],
          warnings: [],
        }}
      />
      <Text size="sm">
        {asked.isThirdParty
          ? 'It is not your organisation’s, and asks again when you sign in anew. '
          : 'It wants you to be asked. '}
        It can do nothing here in your name. You can stop it under Account, Programs.
      </Text>
      <ProblemAlert error={allow.error ?? refuse.error} />
      <Button loading={allow.isPending || allow.isSuccess} disabled={isBusy} onClick={() => allow.mutate()}>
        Tell it who I am
      </Button>
      <Button
        variant="default"
        loading={refuse.isPending || refuse.isSuccess}
        disabled={isBusy}
        onClick={() => refuse.mutate()}
      >
        Do not
      </Button>
    </Stack>
  )
}

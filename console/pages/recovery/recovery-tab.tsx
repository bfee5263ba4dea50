import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconLifebuoy } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { meQuery, queryClient, refresh } from '../../api/queries.ts'
import type { NewCodes } from '../../api/shapes.ts'
import { useInstance, useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { ownRecoveryQuery } from './recovery-queries.ts'
import { SecretSheet } from './secret-sheet.tsx'

/** How I get back in when every passkey is lost, and whether somebody just does. */
export function RecoveryTab() {
  const me = useMe()
  const { url } = useInstance()
  const { data } = useSuspenseQuery(ownRecoveryQuery)
  const make = useMutation({
    mutationFn: () => api.post<NewCodes>('/me/recovery-codes', {}),
    onSuccess: () =>
      Promise.all([refresh('/me/recovery'), queryClient.invalidateQueries({ queryKey: meQuery.queryKey })]),
  })
  const { underWay, codesLeft, codesMadeAt } = data
  return (
    <Stack gap="xl">
      {underWay && (
        <Alert color="yellow" icon={<IconAlertTriangle />} title="You have just come back">
          <Text size="sm">
            {underWay.kind === 'code' ? 'A recovery code' : 'An administrator'} let you in{' '}
            <TimeAgo at={underWay.startedAt} />. Until it is settled, <TimeAgo at={underWay.cancelUntil} />, any passkey
            you had before can undo it, and your new one counts for no more than a passkey. Found an old one again? Sign
            in with it: you are asked.
          </Text>
        </Alert>
      )}
      <Section title="Recovery codes">
        <Text c="dimmed" maw={640}>
          Ten codes for the day all your passkeys are gone. Each works once. Keep them on paper or in a safe, never
          beside the device they are to replace.
        </Text>
        {make.data ? (
          <SecretSheet
            title={`Recovery codes of ${me.username} at ${new URL(url).host}`}
            note={`Each works once, at ${url}/-/recover. They are shown only now.`}
            codes={make.data.codes}
            what="the codes"
            fileName={`postern-recovery-codes-${me.username}.txt`}
            onClose={() => make.reset()}
          />
        ) : (
          <Stack gap="sm">
            <Text fw={600}>
              {codesMadeAt === null ? (
                'You have none.'
              ) : (
                <>
                  {codesLeft} of 10 left, made <TimeAgo at={codesMadeAt} />.
                </>
              )}
            </Text>
            {codesMadeAt !== null && (
              <Text size="sm" c="dimmed">
                New codes void all old ones.
              </Text>
            )}
            <ProblemAlert error={make.error} />
            <Group>
              <ReasonedButton
                reason={underWay === null ? null : 'New codes can be made when your recovery is settled.'}
                onClick={() => make.mutate()}
              >
                {make.isPending ? 'Waiting for your tap' : codesMadeAt === null ? 'Make ten codes' : 'Make new codes'}
              </ReasonedButton>
            </Group>
          </Stack>
        )}
      </Section>
      <Section title="Without a code">
        <Group wrap="nowrap" align="flex-start" gap="sm" maw={640}>
          <IconLifebuoy size={20} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
          <Text size="sm">
            An administrator can let you back in. Their link opens only after a delay, so that you, and any passkey you
            still have, can object. A second passkey, on another device, is the better way: you then need none of
            this.{' '}
          </Text>
        </Group>
        <Group>
          <Button component="a" href={paths.addPasskey} variant="default" size="xs">
            Add a passkey
          </Button>
        </Group>
      </Section>
    </Stack>
  )
}

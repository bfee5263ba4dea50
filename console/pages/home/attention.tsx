import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertCircle, IconKey } from '@tabler/icons-react'
import type { Home, Me } from '../../api/shapes.ts'
import { hasNoPasskey } from '../../forms/make-passkey.tsx'
import { paths } from '../../paths.ts'
import { DemoBanner } from './demo-banner.tsx'

/** What should be looked after before anything else. A single passkey nags until there are two. */
export function Attention({ me, attention }: { me: Me; attention: Home['attention'] }) {
  // Who came in without any is told what to make by what stands above.
  const nags = me.credentialCount < 2 && !hasNoPasskey(me)
  if (!nags && attention.length === 0 && !me.isDemoPresent) return null
  return (
    <Stack gap="sm">
      {attention.filter(isUrgent).map((one) => (
        <Notice key={`${one.kind} ${one.href}`} {...one} />
      ))}
      {nags && (
        <Alert
          color="yellow"
          icon={<IconKey />}
          title={
            me.recoveryCodesLeft === 0
              ? 'You have one passkey. Lose it, and you are locked out.'
              : 'You have one passkey. Lose it, and only a recovery code lets you in.'
          }
        >
          <Group justify="space-between">
            <Text size="sm">
              Add a second one, on another device or on a security key.
              {me.recoveryCodesLeft === 0 && ' You have no recovery codes either.'}
            </Text>
            <Group gap="xs">
              {me.recoveryCodesLeft === 0 && (
                <Button component="a" href={paths.account('recovery')} size="xs" variant="default">
                  Make recovery codes
                </Button>
              )}
              <Button component="a" href={paths.account('passkeys')} size="xs">
                Add a passkey
              </Button>
            </Group>
          </Group>
        </Alert>
      )}
      {attention
        .filter((one) => !isUrgent(one))
        .map((one) => (
          <Notice key={`${one.kind} ${one.href}`} {...one} />
        ))}
      {me.isDemoPresent && <DemoBanner me={me} />}
    </Stack>
  )
}

type One = Home['attention'][number]

/** Somebody came in past every rule: it stands first. */
const isUrgent = ({ kind }: One): boolean => kind.startsWith('break-glass')

const Notice = (one: One) => (
  <Alert color={isUrgent(one) ? 'red' : 'gray'} icon={<IconAlertCircle />}>
    <Group justify="space-between" gap="sm">
      <Text size="sm" flex="1 1 260px">
        {one.text}
      </Text>
      <Button component="a" href={one.href} size="xs" variant="default">
        Take a look
      </Button>
    </Group>
  </Alert>
)

import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ownPasswordQuery } from '../../api/own-password.ts'
import { useMe } from '../../api/use-me.ts'
import { ChangePassword } from '../../forms/change-password.tsx'
import { hasNoPasskey, MakePasskey } from '../../forms/make-passkey.tsx'
import { SetUpCodes } from '../../forms/set-up-codes.tsx'
import { dayWords } from '../../ui/plain-words.ts'

/** What somebody signs in with who has no passkey, and the way to one. */
export function PasswordCard() {
  const me = useMe()
  const { data: own } = useSuspenseQuery(ownPasswordQuery)
  const [open, setOpen] = useState<'password' | 'codes' | null>(null)
  if (!hasNoPasskey(me)) return null
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2} size="md">
          You have no passkey yet
        </Title>
        <Text size="sm">
          {own?.until
            ? `Your password lets you in until ${dayWords(own.until)}. Whatever matters takes a tap on a passkey.`
            : 'Whatever matters takes a tap on a passkey.'}
        </Text>
        <MakePasskey me={me} onMade={() => setOpen(null)} />
        {own && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setOpen(open === 'password' ? null : 'password')}>
              Change the password
            </Button>
            {!own.hasCodes && (
              <Button size="xs" variant="default" onClick={() => setOpen(open === 'codes' ? null : 'codes')}>
                Set up codes
              </Button>
            )}
          </Group>
        )}
        {open === 'password' && <ChangePassword onChanged={() => setOpen(null)} />}
        {open === 'codes' && <SetUpCodes onDone={() => setOpen(null)} />}
      </Stack>
    </Paper>
  )
}

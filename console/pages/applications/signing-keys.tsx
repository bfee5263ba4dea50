import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Section } from '../../ui/section.tsx'

/** For the day a copy of the keys is in other hands; they change by themselves otherwise. The same for every application. */
export function SigningKeys() {
  const [isAsking, setAsking] = useState(false)
  const end = useMutation({
    mutationFn: () => api.post('/sign-on/keys/end'),
    onSuccess: () => setAsking(false),
  })
  return (
    <Section title="Signing keys">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          The same for every tool: what it is told is signed by keys that change by themselves every three months. Where
          somebody else may have read them, end them now.
        </Text>
        {end.isSuccess && (
          <Text size="sm" role="status">
            They have ended, and others sign. Tools read the new ones by themselves; restart those that keep a copy.
          </Text>
        )}
        <div>
          <Button variant="default" onClick={() => setAsking(true)}>
            End the keys
          </Button>
        </div>
      </Stack>
      <ConfirmDialog
        isOpen={isAsking}
        title="End the keys that sign?"
        confirmLabel="End them with a tap"
        act={end}
        onClose={() => setAsking(false)}
      >
        They are the same for every tool that asks by OpenID Connect or stands behind the proxy. Nobody is signed out
        here; a tool that does not know the new ones lets nobody in until it reads them.
      </ConfirmDialog>
    </Section>
  )
}

import { Badge, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { meQuery, queryClient, refresh } from '../../api/queries.ts'
import type { CredentialView } from '../../api/shapes.ts'
import { signalPasskeys } from '../../api/signal-passkeys.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Oid } from '../../ui/oid.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { PasskeyPicture } from './passkey-picture.tsx'
import { passkeyWords } from './passkey-words.ts'
import { RenamePasskey } from './rename-passkey.tsx'

interface PasskeyRowProps {
  credential: CredentialView
  /** The last one cannot be removed. */
  isOnly: boolean
}

export function PasskeyRow({ credential, isOnly }: PasskeyRowProps) {
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null)
  const [isLost, setLost] = useState(false)
  const close = () => {
    setDialog(null)
    setLost(false)
  }
  const remove = useMutation({
    mutationFn: () => api.deleteWith(`/me/credentials/${credential.id}`, { compromised: isLost }),
    onSuccess: async () => {
      close()
      void signalPasskeys()
      await Promise.all([refresh('/me/credentials'), queryClient.invalidateQueries({ queryKey: meQuery.queryKey })])
    },
  })
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Group wrap="nowrap" align="flex-start" miw={0} flex="1 1 320px">
        <PasskeyPicture credential={credential} />
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {credential.name}
            </Text>
            {credential.isCurrent && (
              <Badge variant="light" tt="none">
                This session
              </Badge>
            )}
            {!credential.isEndorsed && (
              <Badge variant="default" tt="none" fw={500}>
                Not vouched for yet
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {passkeyWords(credential)}
          </Text>
          {credential.isModelRefused && (
            <Text size="sm">
              This model is reported as broken, so it counts for no more than a synced passkey. Add a key of another
              model.
            </Text>
          )}
          {!credential.stockVerifiable && (
            <Text size="sm" c="dimmed">
              Stock git cannot check what it signs ({credential.algorithm}); <code>postern verify</code> can.
            </Text>
          )}
          <Text size="sm" c="dimmed" component="div">
            Added <TimeAgo at={credential.createdAt} />
            {/* The one that was made just now let its person in, and was not asked since. */}
            {credential.lastUsedAt === null && !credential.isCurrent && ', never used'}
            {credential.lastUsedAt !== null && (
              <>
                , last used <TimeAgo at={credential.lastUsedAt} />
              </>
            )}
            . Fingerprint <Oid oid={credential.fingerprint} length={50} />
          </Text>
        </Stack>
      </Group>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => setDialog('rename')}>
          Rename
        </Button>
        <ReasonedButton
          size="xs"
          variant="default"
          reason={isOnly ? 'Your only passkey cannot be removed. Add another one first.' : null}
          onClick={() => setDialog('remove')}
        >
          Remove
        </ReasonedButton>
      </Group>
      <RenamePasskey credential={credential} isOpen={dialog === 'rename'} onClose={close} />
      <ConfirmDialog
        isOpen={dialog === 'remove'}
        title={`Remove “${credential.name}”?`}
        confirmLabel="Remove it"
        act={remove}
        onClose={close}
      >
        It no longer lets you in, and the sessions it opened end. What it signed stays valid. Your device or password
        manager may go on offering it; delete it there too.
        <Checkbox
          mt="md"
          label="It may be in wrong hands"
          description="Lost, stolen or copied. What it has signed up to now is listed for good, and whatever else turns up with its signature counts for nothing, even if dated back. Stock git may then call all that it signed bad."
          checked={isLost}
          onChange={(event) => setLost(event.currentTarget.checked)}
        />
      </ConfirmDialog>
    </Group>
  )
}

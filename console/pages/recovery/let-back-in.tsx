import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconPhoneCall } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { RecoveryBegun } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { PersonSelect } from '../../forms/person-select.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

/** A second person lets somebody back in; the link is shown here alone, to be handed over. */
export function LetBackIn() {
  const me = useMe()
  const { form, act, onSubmit } = useActForm({
    initialValues: { username: '' },
    validate: { username: required('who it is') },
    act: ({ username }) => api.post<RecoveryBegun>(`/people/${encodeURIComponent(username)}/recovery`, {}),
    onDone: () => refresh('/recoveries'),
  })
  if (act.data)
    return (
      <Alert color="gray" title="Hand them this link. It is shown only once.">
        <Stack gap="sm">
          <CopyBlock lines={[act.data.link]} what="the link" />
          <Text size="sm">
            {act.data.opensAt > Date.now() ? (
              <>
                It opens <TimeAgo at={act.data.opensAt} /> and works
              </>
            ) : (
              'There is no delay: it works'
            )}{' '}
            until <TimeAgo at={act.data.expiresAt} />, once. Their passkeys have paused, and their sessions and API
            tokens have ended. They are told by letter.
          </Text>
          <Group>
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                act.reset()
                form.reset()
              }}
            >
              I have it
            </Button>
          </Group>
        </Stack>
      </Alert>
    )
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate maw={640}>
      <Stack>
        <PersonSelect
          label="Who has lost their passkeys"
          without={[me.username]}
          value={form.values.username || null}
          onChange={(username) => form.setFieldValue('username', username ?? '')}
          error={form.errors['username']}
        />
        <Group wrap="nowrap" align="flex-start" gap="sm">
          <IconPhoneCall size={20} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
          <Text size="sm">
            Be sure who asks: call them back at a number you know. With your tap their passkeys pause, and their
            sessions, tokens and SSH keys end, at once.
          </Text>
        </Group>
        <ProblemAlert error={act.error} />
        <Group>
          <Button type="submit" variant={form.values.username ? 'filled' : 'default'} loading={act.isPending}>
            Let them back in with a tap
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}

import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { makeProblem, ProblemError } from '../../api/problem.ts'
import type { EntryView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { hasNoPasskey, MakePasskey } from '../../forms/make-passkey.tsx'
import { signIn } from '../../forms/sign-in.ts'
import { paths } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** Another tap does: a newer one, or one on a stronger key. */
export function TapAgain({ view, onTapped }: { view: EntryView; onTapped: () => Promise<boolean> }) {
  const me = useMe()
  const isStronger = view.kind === 'stronger-key'
  // The one key of this session is too weak; any other may do.
  const hasOther = me.credentialCount > 1 || me.session.credentialName === null
  const tap = useMutation({
    mutationFn: async () => {
      await signIn()
      if (!(await onTapped())) throw stillShort(view)
    },
  })
  return (
    <EntryLayout title={isStronger ? `${view.name} takes a stronger key` : `Tap again to open ${view.name}`}>
      <Text>{view.sentence}</Text>
      {hasNoPasskey(me) ? (
        <MakePasskey me={me} onMade={() => void onTapped()} />
      ) : isStronger && !hasOther ? (
        <Button component="a" size="md" href={paths.addPasskey}>
          Add a stronger key
        </Button>
      ) : (
        <>
          <ProblemAlert error={tap.error} />
          <Button
            size="md"
            leftSection={<IconFingerprint size={20} aria-hidden />}
            loading={tap.isPending}
            onClick={() => tap.mutate()}
          >
            {tap.isError ? 'Try again' : isStronger ? 'Tap your stronger key' : 'Tap your key'}
          </Button>
        </>
      )}
      <Group gap="lg">
        {isStronger && hasOther && (
          <Anchor href={paths.addPasskey} size="sm">
            Add a stronger key
          </Anchor>
        )}
        <Anchor href={paths.home} size="sm">
          Not now
        </Anchor>
      </Group>
    </EntryLayout>
  )
}

const stillShort = ({ sentence = '' }: EntryView) =>
  new ProblemError(
    makeProblem('still-short', 'That key is not strong enough either', 'Use another one, or add one that will do.', {
      status: 403,
      detail: sentence,
    }),
  )

/** No tap of theirs helps: by which rule, and whom to ask. */
export function NotOpen({ view }: { view: EntryView }) {
  const me = useMe()
  return (
    <EntryLayout title={`${view.name} did not open`}>
      <Text>{view.sentence}</Text>
      <Text>{view.help}</Text>
      <Text size="sm" c="dimmed">
        You are signed in as {me.displayName} ({me.username}).
      </Text>
      <Button component="a" href={paths.home}>
        Go to Home
      </Button>
    </EntryLayout>
  )
}

/** Safari finds no `*.localhost` until the system is told where they are. */
export function HostsLine({ view, host, onward }: { view: EntryView; host: string; onward: string }) {
  return (
    <EntryLayout title="Safari needs one line first">
      <Text>
        {view.name} is at {view.address}. Other browsers find names that end in .localhost by themselves; Safari asks
        your computer, which does not know them. Tell it once, in the Terminal:
      </Text>
      {/* Broken in two, so that all of it is seen on a narrow screen. */}
      <CopyBlock lines={['sudo tee -a /etc/hosts \\', `<<< '127.0.0.1 ${host}'`]} label="One line for /etc/hosts" />
      <Stack gap="xs">
        <Button component="a" href={onward}>
          I have: open {view.name}
        </Button>
        <Text size="sm" c="dimmed">
          Or open {view.address} in Chrome, Edge or Firefox.
        </Text>
      </Stack>
    </EntryLayout>
  )
}

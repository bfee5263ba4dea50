import { Anchor, Button, Group, List, Paper, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { ApplicationView, SignInTest } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { PersonSelect } from '../../forms/person-select.tsx'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { strengthWords } from '../../ui/strength-words.ts'
import { ruleSentence } from '../guardrails/rule-sentence.ts'
import { applicationPath } from './application-queries.ts'

interface TestSignInProps {
  application: ApplicationView
  onClose: () => void
}

/** What would happen if somebody opened it now. Nothing is sent, and nobody is signed in by it. */
export function TestSignIn({ application, onClose }: TestSignInProps) {
  const me = useMe()
  const [username, setUsername] = useState(me.username)
  const { slug } = application
  const test = useQuery({
    queryKey: [`${applicationPath(slug)}/test`, username],
    staleTime: 0,
    queryFn: () => api.post<SignInTest>(`${applicationPath(slug)}/test`, { username }),
  })
  return (
    <Paper withBorder p="md">
      <Section
        title="Test sign-in"
        action={
          <Button size="xs" variant="default" onClick={onClose}>
            Close
          </Button>
        }
      >
        <PersonSelect
          label="Who opens it"
          description="Somebody else is taken to tap their strongest key now, from where you are."
          value={username}
          {...(username === me.username ? { valueName: me.displayName } : {})}
          onChange={(next) => next !== null && setUsername(next)}
          allowDeselect={false}
          maw={420}
        />
        {test.error ? (
          <ProblemAlert error={test.error} />
        ) : test.data ? (
          <Result test={test.data} application={application} />
        ) : (
          <RowSkeletons rows={2} />
        )}
      </Section>
    </Paper>
  )
}

const looks = {
  allow: { Icon: IconCheck, color: 'var(--mantine-color-green-text)' },
  'step-up': { Icon: IconLock, color: 'var(--mantine-color-yellow-text)' },
  deny: { Icon: IconAlertTriangle, color: 'var(--mantine-color-error)' },
} as const

function Result({ test, application }: { test: SignInTest; application: ApplicationView }) {
  const { name, kind, settings } = application
  // It would be told nobody's name, and so nobody is led there.
  const isUnnamed =
    kind === 'saml' &&
    (settings as Record<string, unknown>)['nameId'] === 'email' &&
    !test.isAddressProven &&
    test.outcome !== 'deny'
  const { Icon, color } = looks[isUnnamed ? 'deny' : test.outcome]
  const who = test.person.displayName
  return (
    <Stack gap="md">
      <Group gap="xs" wrap="nowrap" align="flex-start" role="status">
        <Icon size={20} color={color} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <div>
          <Text fw={600}>
            {isUnnamed
              ? `${who} would not get in yet`
              : test.outcome === 'allow'
                ? `${who} would be let in, with ${strengthWords[test.strength]}`
                : test.outcome === 'step-up'
                  ? `${who} would be asked for more first`
                  : `${who} would not be let in`}
          </Text>
          {isUnnamed && (
            <Text size="sm">
              {name} knows people by their e-mail address, and theirs is not confirmed: they do that under Account →
              Profile.
            </Text>
          )}
          {test.sentence !== null && <Text size="sm">{test.sentence}</Text>}
          {test.help !== null && (
            <Text size="sm" c="dimmed">
              {test.help}
            </Text>
          )}
        </div>
      </Group>
      {test.sent.length > 0 && <Sent sent={test.sent} name={name} />}
      {test.sent.length > 0 && !test.isAddressProven && !isUnnamed && (
        <Text size="sm">
          The e-mail address of {who} is not told: they have not confirmed it yet, under Account → Profile.
        </Text>
      )}
      <Stack gap={4}>
        <Text size="sm" fw={600}>
          Guardrails that speak of it
        </Text>
        {test.rules.length === 0 ? (
          <Text size="sm" c="dimmed">
            None beside what is said here: who may open it, and what it takes at least.
          </Text>
        ) : (
          <List size="sm" spacing={4}>
            {test.rules.map((rule) => (
              <List.Item key={rule.id}>
                <Anchor href={paths.guardrail(rule.id)} inherit>
                  {rule.title}
                </Anchor>
                : {ruleSentence(rule)}
                {rule.mode === 'report' && ' It only reports.'}
              </List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Stack>
  )
}

const Sent = ({ sent, name }: { sent: SignInTest['sent']; name: string }) => (
  <Stack gap={4}>
    <Text size="sm" fw={600} id="told">
      What {name} would be told
    </Text>
    <Table variant="vertical" layout="auto" verticalSpacing={4} aria-labelledby="told">
      <Table.Tbody>
        {sent.map(({ name: claim, value }) => (
          <Table.Tr key={claim}>
            <Table.Th scope="row" fw={400} ff="monospace" fz="sm" bg="transparent" maw={260} style={anywhere}>
              {claim}
            </Table.Th>
            <Table.Td style={anywhere}>
              {typeof value === 'string' ? value : value.length === 0 ? 'none' : value.join(', ')}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Stack>
)

const anywhere = { overflowWrap: 'anywhere', verticalAlign: 'top' } as const

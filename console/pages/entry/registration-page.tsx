import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { IconFingerprint, IconInfoCircle } from '@tabler/icons-react'
import type { Me, RegistrationLinkView } from '../../api/shapes.ts'
import { useInstance, useMaybeMe } from '../../api/use-me.ts'
import { registerByLink } from '../../forms/register-passkey.ts'
import { NameFields } from '../../forms/name-fields.tsx'
import { emailProblem, usernameProblem } from '../../forms/suggest-username.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { hintOf, type Where, WhereChoice } from '../../forms/where-choice.tsx'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useGo } from '../../url-state.ts'
import { InvitationFacts } from './invitation-facts.tsx'
import { EntryLayout } from './entry-layout.tsx'
import { SignedInAlready } from './signed-in-already.tsx'
import { registrationWords } from './registration-words.ts'

interface RegistrationPageProps {
  token: string
  link: RegistrationLinkView
}

/** Where somebody goes who was here before. */
const next: Partial<Record<RegistrationLinkView['purpose'], string>> = {
  recovery: paths.account('recovery'),
  'break-glass': paths.home,
}

interface Values extends Record<string, unknown> {
  displayName: string
  username: string
  email: string
  where: Where
}

/** Name, mail, one button. Whatever goes wrong, the link is used up only by a finished passkey. */
export function RegistrationPage({ token, link }: RegistrationPageProps) {
  const go = useGo()
  const me = useMaybeMe()
  const instance = useInstance()
  const { person, newcomer } = link
  const { form, act, onSubmit } = useActForm<Values, Me>({
    initialValues: {
      displayName: person?.displayName ?? newcomer?.displayName ?? '',
      username: person?.username ?? newcomer?.username ?? '',
      email: person?.email ?? newcomer?.email ?? '',
      where: 'any',
    },
    validate: { displayName: required('your name'), username: usernameProblem, email: emailProblem },
    act: ({ where, ...values }) => registerByLink(token, { ...values, email: values.email.trim(), ...hintOf(where) }),
    // The token leaves the address bar and the history with this.
    onDone: () => go(next[link.purpose] ?? paths.afterSetUp, { replace: true }),
  })
  // An account of one's own is not made from within another one.
  const isSomebodyElse = me !== null && !act.isPending && !act.isSuccess
  const { title, lead } = registrationWords(link, instance)

  return (
    <EntryLayout title={title} lead={lead}>
      {isSomebodyElse && me && <SignedInAlready me={me} isForNewcomer={newcomer !== null} />}
      {newcomer && <InvitationFacts newcomer={newcomer} />}
      {link.opensAt !== null && link.opensAt > Date.now() && (
        <Alert color="yellow" p="sm" icon={<IconInfoCircle />} title="This link does not open yet">
          It opens <TimeAgo at={link.opensAt} />, so that whoever holds one of your former passkeys can object. Keep it,
          and come back then.
        </Alert>
      )}
      {instance.isLocalhost && link.purpose === 'setup' && (
        <Alert color="gray" p="sm" icon={<IconInfoCircle />}>
          This passkey stays on <strong>localhost</strong>: fine for trying out. At another address everybody makes a
          new one, so start there if you mean to stay.
        </Alert>
      )}
      {!(isSomebodyElse && newcomer) && (
        <form onSubmit={onSubmit} noValidate>
          <Stack>
            {person ? (
              <Text>
                For <strong>{person.displayName}</strong> ({person.username}
                {person.email && `, ${person.email}`})
              </Text>
            ) : (
              <>
                <NameFields
                  form={form}
                  isOwn={true}
                  usernameHint="Yours for good: it cannot be changed later"
                  hasUsername={Boolean(link.newcomer?.username)}
                />
                {!newcomer && (
                  <TextInput
                    label="E-mail"
                    description="For people here to reach you; nothing is sent to it"
                    type="email"
                    autoComplete="email"
                    {...form.getInputProps('email')}
                  />
                )}
              </>
            )}
            <ProblemAlert error={act.error} />
            <Button
              type="submit"
              size="md"
              loading={act.isPending || act.isSuccess}
              leftSection={<IconFingerprint size={20} aria-hidden />}
            >
              {act.isError ? 'Try again' : 'Create my passkey'}
            </Button>
            {!act.isPending && (
              <WhereChoice value={form.values.where} onChange={(where) => form.setFieldValue('where', where)} />
            )}
            <Text size="sm" c="dimmed" role="status">
              {act.isPending ? (
                'Follow your browser’s prompt: choose this device, your phone, or a security key.'
              ) : (
                <>
                  This link works once and ends <TimeAgo at={link.expiresAt} />.
                </>
              )}
            </Text>
          </Stack>
        </form>
      )}
    </EntryLayout>
  )
}

import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconBuilding, IconCheck, IconMailQuestion } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { Profile } from '../../api/shapes.ts'
import { emailProblem } from '../../forms/suggest-username.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { profileQuery } from './account-queries.ts'
import { Leave } from './leave.tsx'

/** My name and address, who manages my account, and how I leave. */
export function ProfileTab() {
  const { data: profile } = useSuspenseQuery(profileQuery)
  return (
    <Stack gap="xl" maw={720}>
      {profile.managedBy !== null && (
        <Alert color="gray" icon={<IconBuilding />} title={`${profile.managedBy} manages your account`}>
          <Text size="sm">
            {profile.isManagedByDirectory
              ? 'Your name and address come from your organisation’s directory. To change them, or to leave, ask an administrator.'
              : 'Your address belongs to your organisation. To change it, or to leave, ask an administrator. Your work, keys and access are yours as before.'}
          </Text>
        </Alert>
      )}
      <Section title="Name and address">
        <ProfileForm profile={profile} />
        <Address profile={profile} />
      </Section>
      <Section title="Leave">
        <Leave profile={profile} />
      </Section>
    </Stack>
  )
}

function ProfileForm({ profile }: { profile: Profile }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { displayName: profile.displayName, email: profile.email },
    validate: { displayName: required('your name'), email: emailProblem },
    act: ({ displayName, email }) =>
      api.patch<Profile>('/me', {
        ...(displayName.trim() === profile.displayName ? {} : { displayName: displayName.trim() }),
        ...(email.trim() === profile.email ? {} : { email: email.trim() }),
      }),
    onDone: async (changed) => {
      queryClient.setQueryData(profileQuery.queryKey, changed)
      form.setValues({ displayName: changed.displayName, email: changed.email })
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
  const { displayName, email } = form.values
  const isSame = displayName.trim() === profile.displayName && email.trim() === profile.email
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput
          label="Your name"
          autoComplete="name"
          maxLength={100}
          disabled={profile.isManagedByDirectory}
          {...form.getInputProps('displayName')}
        />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="email"
          description={
            profile.managedBy === null ? 'A new one counts once you have opened the letter that goes there' : undefined
          }
          disabled={profile.managedBy !== null}
          {...form.getInputProps('email')}
        />
        <ProblemAlert error={act.error} />
        <Group>
          <ReasonedButton type="submit" loading={act.isPending} reason={isSame ? 'Nothing is changed yet.' : null}>
            Save with a tap
          </ReasonedButton>
        </Group>
      </Stack>
    </form>
  )
}

/** Whether the address is shown to be theirs, and how to show it. */
function Address({ profile: { email, emailVerifiedAt, isMailSetUp } }: { profile: Profile }) {
  const ask = useMutation({ mutationFn: () => api.post('/me/email/verify') })
  if (email === '')
    return (
      <Alert color="yellow" icon={<IconMailQuestion />} title="Your account has no address">
        No letter reaches you. An address that was typed here and never confirmed goes to the person it belongs to when
        they come.
      </Alert>
    )
  if (emailVerifiedAt !== null)
    return (
      <Group gap={6} wrap="nowrap">
        <IconCheck size={18} aria-hidden color="var(--mantine-color-green-text)" />
        <Text size="sm">
          You have shown that {email} is yours, <TimeAgo at={emailVerifiedAt} />.
        </Text>
      </Group>
    )
  return (
    <Alert color="yellow" icon={<IconMailQuestion />} title="Your address is not confirmed yet">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" role="status">
          {ask.isSuccess
            ? `A letter is on its way to ${email}. Open its link in this browser.`
            : isMailSetUp
              ? 'A letter with a link confirms it. Open the link in this browser.'
              : 'It takes a letter, and no mail is set up on this server.'}
        </Text>
        <ProblemAlert error={ask.error} />
        {isMailSetUp && !ask.isSuccess && (
          <Button size="xs" variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
            Send me a letter
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

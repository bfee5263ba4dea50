import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import { useInstance } from '../../api/use-me.ts'
import { NameFields } from '../../forms/name-fields.tsx'
import { emailProblem, usernameProblem } from '../../forms/suggest-username.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** Somebody registers themselves, where an owner allows it: a letter brings the link with which they go on. */
export function RegisterPage() {
  const { takesRegistrations } = useInstance()
  const { form, act, onSubmit } = useActForm({
    initialValues: { displayName: '', username: '', email: '' },
    validate: { displayName: required('your name'), username: usernameProblem, email: emailProblem },
    act: (values) =>
      api.post('/self-registration', { ...values, email: values.email.trim() }, { isSignInOptional: true }),
  })
  const back = (
    <Anchor href={paths.signIn()} size="sm">
      Back to sign-in
    </Anchor>
  )
  if (!takesRegistrations)
    return (
      <EntryLayout title="Nobody can register themselves here" lead="Ask an administrator to invite you.">
        {back}
      </EntryLayout>
    )
  if (act.isSuccess)
    return (
      <EntryLayout title="Look at your mail">
        <Stack role="status">
          <Text>
            If nobody here has the address <strong>{form.values.email.trim()}</strong>, a letter with a link is on its
            way there. Open it on the device you want to sign in with, such as your phone. It works for a day.
          </Text>
          <Text size="sm" c="dimmed">
            Nothing comes? Look among what counts as spam, and whether the address is right.
          </Text>
          <Button variant="default" onClick={() => act.reset()}>
            Another address
          </Button>
        </Stack>
      </EntryLayout>
    )
  return (
    <EntryLayout
      title="Register"
      lead="A letter shows that the address is yours. Then you make a passkey: no password."
    >
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <NameFields form={form} isOwn={true} usernameHint="You can still choose another one when you open the link" />
          <TextInput label="E-mail" type="email" autoComplete="email" {...form.getInputProps('email')} />
          <ProblemAlert error={act.error} />
          <Button type="submit" size="md" loading={act.isPending} leftSection={<IconMail size={20} aria-hidden />}>
            Send me a letter
          </Button>
          {back}
        </Stack>
      </form>
    </EntryLayout>
  )
}

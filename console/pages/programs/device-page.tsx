import { Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { hasCode } from '../../api/problem.ts'
import type { AskedView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'
import { AskedCard } from './asked-card.tsx'
import { isSignOn } from './asked-words.ts'

/** For a program on a device without a browser: it shows a code, and its person types it here. */
export function DevicePage() {
  // Typed, whatever the link says: one that somebody sent fills nothing in.
  const [userCode, setUserCode] = useState('')
  const find = useMutation({
    mutationFn: () => api.post<AskedView>('/device-authorisations/find', { userCode }),
  })
  const letIn = useMutation({
    mutationFn: (wanted: { repositoryIds: string[] | null }) =>
      api.post<void>('/device-authorisations', { userCode, ...wanted }),
  })
  const refuse = useMutation({
    mutationFn: () => api.post<void>('/device-authorisations/refusal', { userCode }),
  })

  if (letIn.isSuccess || refuse.isSuccess) {
    return (
      <EntryLayout title={letIn.isSuccess ? 'It is let in' : 'It was refused'}>
        <Text>
          {letIn.isSuccess
            ? 'Go back to your device: it goes on by itself within a few seconds.'
            : 'It learns so within a few seconds. You can close this page.'}
        </Text>
      </EntryLayout>
    )
  }
  if (find.data) {
    return (
      <EntryLayout
        title={isSignOn(find.data) ? `Sign in to ${find.data.program}?` : `Let ${find.data.program} in?`}
        lead={
          isSignOn(find.data)
            ? `On the device that shows ${userCode.toUpperCase()}.`
            : `It asks to act in your name, on the device that shows ${userCode.toUpperCase()}.`
        }
      >
        <AskedCard asked={find.data} letIn={letIn} refuse={refuse} />
      </EntryLayout>
    )
  }
  const isUnknown = hasCode(find.error, 'no-such-code')
  return (
    <EntryLayout
      title="Let a device in"
      lead="A program that cannot open a browser shows a code of eight letters. Type it only if it stands in front of you."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (userCode.trim() !== '') find.mutate()
        }}
      >
        <Stack>
          <TextInput
            label="The code on your device"
            placeholder="BCDF-GHJK"
            maxLength={40}
            autoFocus
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', textTransform: 'uppercase' } }}
            value={userCode}
            error={isUnknown ? 'No device shows this code now. Look at it again; it lasts ten minutes.' : null}
            onChange={(event) => {
              setUserCode(event.currentTarget.value)
              find.reset()
            }}
          />
          {!isUnknown && <ProblemAlert error={find.error} />}
          <ReasonedButton
            type="submit"
            loading={find.isPending}
            reason={userCode.trim() === '' ? 'Type the code that your device shows.' : null}
          >
            See what it asks for
          </ReasonedButton>
        </Stack>
      </form>
    </EntryLayout>
  )
}

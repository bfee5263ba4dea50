import { Group, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { hasCode } from '../../api/problem.ts'
import type { SealRequest } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { useGo } from '../../url-state.ts'
import { typedCode } from './typed-code.ts'

/** The few characters that a terminal shows, for whoever has no camera at hand and no wish to type a link. */
export function ShortCode() {
  const go = useGo()
  const [typed, setTyped] = useState('')
  const code = typedCode(typed)
  const find = useMutation({
    mutationFn: (wanted: string) => api.get<SealRequest>(`/seal-links/${encodeURIComponent(wanted)}`),
    onSuccess: (request, wanted) => go(paths.sealRequest(request.code ?? wanted)),
  })
  const isUnknown = hasCode(find.error, 'not-found')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (code) find.mutate(code)
      }}
    >
      <Group align="flex-start" gap="xs" mt="lg">
        <TextInput
          label="Type the code from your terminal"
          placeholder="K7Q-M2F"
          maxLength={40}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={typed}
          error={isUnknown ? 'Nothing of yours waits under this code. It may have expired.' : null}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            find.reset()
          }}
        />
        <ReasonedButton
          type="submit"
          variant="default"
          mt={25}
          loading={find.isPending}
          reason={code === null ? 'Type the whole code, such as K7Q-M2F.' : null}
        >
          Look
        </ReasonedButton>
      </Group>
      {!isUnknown && <ProblemAlert error={find.error} />}
    </form>
  )
}

import { Button, Center, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { api } from '../api/client.ts'
import { refresh } from '../api/queries.ts'
import { CopyBlock } from '../ui/copy-block.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { required, useActForm } from './use-act-form.ts'

/** An app's QR code, and the first code that shows it was scanned. */
export function SetUpCodes({ onDone }: { onDone: () => void }) {
  const begin = useMutation({
    mutationFn: () => api.post<{ secret: string; uri: string }>('/me/one-time-codes'),
  })
  const hasBegun = useRef(false)
  useEffect(() => {
    // A second secret would replace the one on the page.
    if (!hasBegun.current) begin.mutate()
    hasBegun.current = true
  })
  const { form, act, onSubmit } = useActForm({
    initialValues: { code: '' },
    validate: { code: required('the code') },
    act: (values) => api.post<void>('/me/one-time-codes/confirm', values),
    async onDone() {
      await refresh('/me/password')
      onDone()
    },
  })
  if (!begin.data) return <ProblemAlert error={begin.error} />
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <Text size="sm">Scan this with an app that makes codes, or type the key into it.</Text>
        <Center>
          <QrCode text={begin.data.uri} label="The key for your app, as a code to scan" size={200} />
        </Center>
        <CopyBlock lines={[begin.data.secret]} what="the key" />
        <TextInput
          label="The code it shows"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={10}
          {...form.getInputProps('code')}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" variant="default" loading={act.isPending}>
          Confirm
        </Button>
      </Stack>
    </form>
  )
}

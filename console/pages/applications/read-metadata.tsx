import { Button, Collapse, FileButton, Group, Stack, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** Fills the fields from what the tool says of itself: its metadata, or the address where it shows them. */
export function ReadMetadata({ onRead }: { onRead: (settings: Record<string, unknown>) => void }) {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const [text, setText] = useState('')
  const read = useMutation({
    mutationFn: (given: string) =>
      api.post<Record<string, unknown>>(
        '/saml/read-metadata',
        /^https?:\/\/\S+$/.test(given.trim()) ? { url: given.trim() } : { xml: given },
      ),
    onSuccess: (settings) => {
      onRead(settings)
      setText('')
      close()
    },
  })
  return (
    <Stack gap="xs">
      <div>
        <Button size="xs" variant="default" onClick={toggle} aria-expanded={isOpen}>
          Fill in from the tool’s metadata
        </Button>
      </div>
      <Collapse expanded={isOpen}>
        <Stack gap="xs">
          <Textarea
            label="Its metadata, or their address"
            placeholder="https://wiki.example.com/saml/metadata"
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <ProblemAlert error={read.error} />
          <Group gap="xs">
            <Button size="xs" disabled={text.trim() === ''} loading={read.isPending} onClick={() => read.mutate(text)}>
              Read it
            </Button>
            <FileButton
              accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
              onChange={(file) => void file?.text().then((xml) => read.mutate(xml))}
            >
              {(props) => (
                <Button {...props} size="xs" variant="default">
                  Choose a file
                </Button>
              )}
            </FileButton>
          </Group>
        </Stack>
      </Collapse>
    </Stack>
  )
}

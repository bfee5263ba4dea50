import { Textarea, type TextareaProps } from '@mantine/core'

/** The public half of a key, pasted. */
export const PublicKeyField = (props: TextareaProps) => (
  <Textarea
    autosize
    minRows={2}
    maxRows={6}
    autoFocus
    autoComplete="off"
    spellCheck={false}
    styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    {...props}
  />
)

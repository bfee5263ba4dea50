import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { QuietButton } from './quiet-button.tsx'

/** `CopyButton` for what stands hundreds of times on a page. `what` ends the sentence "Copy …". */
export function CopyQuietly({ value, what }: { value: string; what: string }) {
  const clipboard = useClipboard({ timeout: 1500 })
  return (
    <QuietButton aria-label={clipboard.copied ? 'Copied' : `Copy ${what}`} onClick={() => clipboard.copy(value)}>
      {clipboard.copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
    </QuietButton>
  )
}

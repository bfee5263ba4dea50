import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCopy, IconDownload, IconPrinter } from '@tabler/icons-react'
import { saveFile } from '../../save-file.ts'
import styles from './codes.module.css'

interface SecretSheetProps {
  title: string
  /** One or two sentences that must stand on the paper too. */
  note: string
  codes: string[]
  /** Ends "Copy …". */
  what: string
  /** Of the file it can be saved as; without one it is for paper alone, and no computer is to keep it. */
  fileName?: string
  onClose: () => void
}

/** What is shown once: to be printed, copied or saved, and gone with this page. */
export function SecretSheet({ title, note, codes, what, fileName, onClose }: SecretSheetProps) {
  const clipboard = useClipboard({ timeout: 1500 })
  const text = `${title}\n${note}\n\n${codes.join('\n')}\n`
  return (
    <Stack gap="sm">
      <Paper withBorder p="md" className={styles['sheet'] ?? ''}>
        <Stack gap="sm">
          <Text fw={600}>{title}</Text>
          <Text size="sm">{note}</Text>
          <ol className={styles[codes.length === 1 ? 'code' : 'codes']} aria-label={title}>
            {codes.map((code) => (
              <li key={code} style={{ overflowWrap: 'anywhere' }}>
                {code}
              </li>
            ))}
          </ol>
        </Stack>
      </Paper>
      <Group gap="xs">
        <Button leftSection={<IconPrinter size={18} aria-hidden />} variant="default" onClick={() => window.print()}>
          Print
        </Button>
        {fileName !== undefined && (
          <>
            <Button
              leftSection={<IconCopy size={18} aria-hidden />}
              variant="default"
              onClick={() => clipboard.copy(codes.join('\n'))}
            >
              {clipboard.copied ? 'Copied' : `Copy ${what}`}
            </Button>
            <Button
              leftSection={<IconDownload size={18} aria-hidden />}
              variant="default"
              onClick={() => saveFile(new Blob([text], { type: 'text/plain' }), fileName)}
            >
              Save as a file
            </Button>
          </>
        )}
        <Button onClick={onClose}>I have kept {codes.length === 1 ? 'it' : 'them'}</Button>
      </Group>
    </Stack>
  )
}

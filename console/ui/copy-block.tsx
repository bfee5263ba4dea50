import { Box, Group, Paper, Stack, Text } from '@mantine/core'
import { CopyButton } from './copy-button.tsx'

interface CopyBlockProps {
  /** Shell lines, or one value; copied together, joined by newlines. */
  lines: string[]
  label?: string
  /** Ends "Copy …"; "these lines" unless told. */
  what?: string
}

/** Commands or a value to take away: read exactly, copied with one click, scrolled rather than broken. */
export function CopyBlock({ lines, label, what = lines.length > 1 ? 'these lines' : 'this line' }: CopyBlockProps) {
  return (
    <Stack gap={4} miw={0} maw="100%" ta="start">
      {label && (
        <Text size="sm" fw={500}>
          {label}
        </Text>
      )}
      <Paper withBorder bg="var(--mantine-color-default-hover)" pl="md" pr={6} py={6}>
        <Group wrap="nowrap" align="flex-start" gap="xs">
          <Box
            component="pre"
            tabIndex={0}
            aria-label={label ?? 'Text to copy'}
            ff="monospace"
            fz={13}
            m={0}
            py={4}
            flex={1}
            miw={0}
            style={{ overflowX: 'auto', whiteSpace: 'pre' }}
          >
            {lines.join('\n')}
          </Box>
          <CopyButton value={lines.join('\n')} what={what} />
        </Group>
      </Paper>
    </Stack>
  )
}

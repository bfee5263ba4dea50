import { Anchor, Button, List, Text, ThemeIcon } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { Mergeability, ThreadView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'

interface CheckLineProps {
  check: Mergeability['checks'][number]
  /** The first thread that is still open, where it is known. */
  openThread: ThreadView | undefined
}

/** One thing that must be so before it can be merged: met, or missing with what helps. */
export const CheckLine = ({ check, openThread }: CheckLineProps) => (
  <List.Item
    icon={
      <ThemeIcon
        size={18}
        mt={2}
        radius="xl"
        variant="light"
        color={check.isMet ? 'teal' : 'red'}
        role="img"
        aria-label={check.isMet ? 'Met' : 'Missing'}
      >
        {check.isMet ? <IconCheck size={12} /> : <IconX size={12} />}
      </ThemeIcon>
    }
  >
    {check.label}
    {!check.isMet && check.help && (
      <Text size="sm" c="dimmed">
        {check.help}
      </Text>
    )}
    {!check.isMet && check.needs === 'key' && (
      <Button component="a" href={paths.account('passkeys')} size="xs" variant="default" mt={6}>
        Add a key
      </Button>
    )}
    {!check.isMet && check.needs === 'thread' && openThread && (
      <Anchor href={`#${openThread.id}`} size="sm" display="block">
        Go to the first open thread
      </Anchor>
    )}
  </List.Item>
)

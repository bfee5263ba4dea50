import { Text, Tooltip } from '@mantine/core'
import { exactTime, relativeTime } from './relative-time.ts'
import { useNow } from './use-now.ts'

/** A moment as a person would say it, kept current; the exact one on hover and on focus. */
export function TimeAgo({ at, inherit = true }: { at: number; inherit?: boolean }) {
  const now = useNow()
  return (
    <Tooltip label={exactTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <Text span inherit={inherit} style={{ whiteSpace: 'nowrap' }}>
        <time dateTime={new Date(at).toISOString()}>{relativeTime(at, now)}</time>
      </Text>
    </Tooltip>
  )
}

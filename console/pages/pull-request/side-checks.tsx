import { Anchor, Badge, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock, IconX } from '@tabler/icons-react'
import type { CheckView } from '../../api/shapes.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import styles from '../../ui/review.module.css'
import { TimeAgo } from '../../ui/time-ago.tsx'

const STATES = {
  success: { words: 'Passed', look: 'approved', icon: IconCheck },
  failure: { words: 'Failed', look: 'changes-requested', icon: IconX },
  error: { words: 'Broke', look: 'changes-requested', icon: IconAlertTriangle },
  pending: { words: 'Running', look: 'waiting', icon: null },
  none: { words: 'Said nothing yet', look: 'waiting', icon: IconClock },
}

/** What programs found out about the head, and which of them must be content. */
export const Checks = ({ checks }: { checks: readonly CheckView[] }) =>
  checks.length > 0 && (
    <Paper withBorder p="md" component="section" aria-label="Checks">
      <Stack gap="sm">
        <Title order={2} fz="md">
          Checks
        </Title>
        <ul className={styles.people}>
          {checks.map((check) => (
            <Check key={check.name} check={check} />
          ))}
        </ul>
      </Stack>
    </Paper>
  )

function Check({ check: { name, isRequired, status, whyNot } }: { check: CheckView }) {
  const { words, look, icon: Icon } = STATES[status?.state ?? 'none']
  return (
    <li className={styles.person} style={{ alignItems: 'flex-start' }}>
      <span className={styles.verdict} data-verdict={look} role="img" aria-label={words} title={words}>
        {Icon ? <Icon size={13} aria-hidden /> : <Loader size={11} aria-hidden />}
      </span>
      <div className={styles.personName}>
        {status?.targetUrl ? (
          <Anchor href={status.targetUrl} size="sm" rel="noopener noreferrer nofollow" target="_blank">
            {revealHidden(name)}
          </Anchor>
        ) : (
          revealHidden(name)
        )}
        <Text size="sm" c="dimmed">
          {status?.description ? `${revealHidden(status.description)} ` : `${words}${status ? ' ' : ''}`}
          {status && <TimeAgo at={status.createdAt} />}
        </Text>
        {whyNot !== null && (
          <Text size="sm" c="dimmed">
            {whyNot}
          </Text>
        )}
      </div>
      {isRequired && (
        <Badge variant="default" tt="none" fw={500} title="The branch’s rule wants it to pass">
          Required
        </Badge>
      )}
    </li>
  )
}

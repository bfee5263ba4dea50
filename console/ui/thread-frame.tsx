import { Anchor, Badge, Group, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { revealHidden } from './code-hidden.ts'
import styles from './thread.module.css'

interface ThreadFrameProps {
  id: string
  /** For a screen reader: "Thread on src/price.ts, line 4". */
  label: string
  /** What it is about, in its head; none where the place says it. */
  about?: { text: string; href: string } | null
  where?: string | null
  isOutdated: boolean
  /** "Ben Example resolved this"; null while it is open. */
  resolved: string | null
  isOpen: boolean
  onToggle: () => void
  /** One line that stands for it while it is folded. */
  summary: string
  children: ReactNode
}

/** Around a thread: about what, whether its lines are still there, whether it is settled; settled ones are folded. */
export const ThreadFrame = (props: ThreadFrameProps) => {
  const { about, where, isOutdated, resolved, isOpen } = props
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  const hasHead = Boolean(about || where || isOutdated || resolved !== null)
  return (
    <section
      className={styles.thread}
      id={props.id}
      aria-label={props.label}
      data-resolved={resolved !== null || undefined}
    >
      {hasHead && (
        <header className={styles.head}>
          {resolved !== null && (
            <UnstyledButton
              aria-expanded={isOpen}
              aria-label={isOpen ? 'Fold this thread' : 'Show this thread'}
              onClick={props.onToggle}
              lh={1}
            >
              <Chevron size={16} />
            </UnstyledButton>
          )}
          {about && (
            <Anchor href={about.href} size="sm" ff="monospace" fz={13} style={{ overflowWrap: 'anywhere' }}>
              {revealHidden(about.text)}
            </Anchor>
          )}
          {where && (
            <Text span size="sm" c="dimmed">
              {where}
            </Text>
          )}
          <Group gap={6} ml="auto">
            {isOutdated && (
              <Badge variant="default" tt="none" fw={500} title="The lines it is about have changed since">
                Outdated
              </Badge>
            )}
            {resolved !== null && (
              <Text span size="sm" c="dimmed">
                {resolved}
              </Text>
            )}
          </Group>
        </header>
      )}
      {isOpen ? (
        props.children
      ) : (
        <Text size="sm" c="dimmed" truncate px={12} py={8}>
          {revealHidden(props.summary)}
        </Text>
      )}
    </section>
  )
}

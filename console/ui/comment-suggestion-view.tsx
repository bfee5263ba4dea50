import { Button, Group, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { revealHidden } from './code-hidden.ts'
import { Oid } from './oid.tsx'
import styles from './comment.module.css'

interface SuggestionViewProps {
  /** The lines it would take the place of; none where they are not known. */
  from: readonly string[]
  to: readonly string[]
  refusal: string | null
  appliedOid: string | null
  commitHref: (oid: string) => string
  isApplying: boolean
  onApply: () => void
}

/** What somebody suggests, as the change it would be, and the one click that makes it so. */
export const SuggestionView = (props: SuggestionViewProps) => (
  <div className={styles.suggestion} role="group" aria-label="Suggested change">
    <div className={styles.suggestionLines}>
      {props.from.map((line, index) => (
        <Line key={`-${index}`} kind="removed" text={line} />
      ))}
      {props.to.map((line, index) => (
        <Line key={`+${index}`} kind="added" text={line} />
      ))}
      {props.to.length === 0 && (
        <Text size="sm" c="dimmed" px={8} py={4} ff="text">
          {props.from.length === 1 ? 'The line goes.' : 'The lines go.'}
        </Text>
      )}
    </div>
    <Group gap="sm" px="sm" py={8}>
      {props.appliedOid ? (
        <Text size="sm" c="dimmed">
          <IconCheck size={14} aria-hidden style={{ verticalAlign: -2 }} /> Applied in{' '}
          <Oid oid={props.appliedOid} href={props.commitHref(props.appliedOid)} />
        </Text>
      ) : props.refusal === null ? (
        <Button size="compact-sm" variant="default" loading={props.isApplying} onClick={props.onApply}>
          Apply suggestion
        </Button>
      ) : (
        <Text size="sm" c="dimmed">
          {props.refusal}
        </Text>
      )}
    </Group>
  </div>
)

const Line = ({ kind, text }: { kind: 'added' | 'removed'; text: string }) => (
  <div className={styles.suggestionLine} data-kind={kind}>
    <span aria-label={kind === 'added' ? 'Added' : 'Removed'} role="img" className={styles.sign}>
      {kind === 'added' ? '+' : '−'}
    </span>
    <span>{revealHidden(text) || ' '}</span>
  </div>
)

import { Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import { IconFileDiff } from '@tabler/icons-react'
import { type ReactNode, useRef, useState } from 'react'
import { useKept } from './comment-kept.ts'
import { withSuggestion } from './comment-suggestion.ts'
import styles from './comment.module.css'
import { ProblemAlert } from './problem-alert.tsx'
import { ReasonedButton } from './reasoned-button.tsx'

export interface ComposerAct {
  label: string
  /** Resolves when it is done; what was typed is then forgotten. */
  run: (text: string) => Promise<unknown>
}

interface ComposerProps {
  /** Under which name what is typed outlives a reload. */
  keptAs: string
  label: string
  initial?: string
  placeholder?: string
  /** The first is what Ctrl and Enter do. */
  acts: readonly ComposerAct[]
  preview: (text: string) => ReactNode
  /** The lines that a suggestion would start from. */
  suggestFrom?: readonly string[] | null
  hasFocus?: boolean
  onCancel?: (() => void) | undefined
}

/** Where a person writes: Markdown with a preview. What was typed is lost by nothing but sending it or giving it up. */
export function CommentComposer(props: ComposerProps) {
  const { keptAs, label, initial = '', placeholder = 'Markdown works here', acts, suggestFrom = null } = props
  const [text, setText] = useKept(keptAs, initial)
  const [isPreview, setIsPreview] = useState(false)
  const [running, setRunning] = useState<ComposerAct | null>(null)
  const [error, setError] = useState<unknown>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const isEmpty = text.trim() === ''
  const run = async (act: ComposerAct) => {
    setRunning(act)
    setError(null)
    try {
      await act.run(text)
      setText(null)
      setIsPreview(false)
    } catch (refusal) {
      setError(refusal)
    } finally {
      setRunning(null)
    }
  }
  const suggest = (lines: readonly string[]) => {
    setIsPreview(false)
    setText(withSuggestion(text, lines))
    requestAnimationFrame(() => field.current?.focus())
  }
  return (
    <Stack gap={8} role="group" aria-label={label}>
      {isPreview ? (
        <div className={styles.preview}>
          {isEmpty ? <Text c="dimmed">Nothing to preview.</Text> : props.preview(text)}
        </div>
      ) : (
        <Textarea
          ref={field}
          aria-label={label}
          placeholder={placeholder}
          rows={3}
          classNames={{ input: styles.field ?? '' }}
          value={text}
          autoFocus={props.hasFocus ?? false}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = acts
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !first || isEmpty || running) return
            event.preventDefault()
            void run(first)
          }}
        />
      )}
      <ProblemAlert error={error} />
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label="Write or preview"
            value={isPreview ? 'preview' : 'write'}
            onChange={(value) => setIsPreview(value === 'preview')}
            data={[
              { value: 'write', label: 'Write' },
              { value: 'preview', label: 'Preview' },
            ]}
          />
          {suggestFrom && (
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconFileDiff size={15} aria-hidden />}
              onClick={() => suggest(suggestFrom)}
            >
              Suggest a change
            </Button>
          )}
        </Group>
        <Group gap="xs">
          {props.onCancel && (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              disabled={running !== null}
              onClick={() => {
                setText(null)
                props.onCancel?.()
              }}
            >
              Cancel
            </Button>
          )}
          {acts
            .map((act, index) => (
              <ReasonedButton
                key={act.label}
                size="xs"
                variant={index === 0 ? 'filled' : 'default'}
                loading={running?.label === act.label}
                reason={isEmpty ? 'Write something first' : null}
                onClick={() => void run(act)}
              >
                {act.label}
              </ReasonedButton>
            ))
            .reverse()}
        </Group>
      </Group>
    </Stack>
  )
}

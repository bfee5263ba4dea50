import { Text, Textarea } from '@mantine/core'
import { type KeyboardEvent, useId, useRef } from 'react'
import styles from './edit.module.css'

interface CodeFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** One step, of this file. */
  indent: string
  isProse: boolean
}

/** Plain text as it is. Tab indents, and Escape gives it back to the page: nobody is caught in it. */
export function CodeField({ label, value, onChange, indent, isProse }: CodeFieldProps) {
  const helpId = useId()
  const isLeaving = useRef(false)
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') isLeaving.current = true
    else if (event.key !== 'Shift' && event.key !== 'Tab') isLeaving.current = false
    if (event.key !== 'Tab' || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return
    if (isLeaving.current) return
    event.preventDefault()
    insert(event.currentTarget, indent)
  }
  return (
    <div>
      <Textarea
        aria-label={label}
        aria-describedby={helpId}
        rows={24}
        classNames={{ input: styles.code ?? '' }}
        wrap={isProse ? 'soft' : 'off'}
        spellCheck={isProse}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          isLeaving.current = false
        }}
      />
      <Text id={helpId} size="xs" c="dimmed" mt={4}>
        Tab indents. To leave the field by keyboard, press Escape and then Tab.
      </Text>
    </div>
  )
}

/** As if it was typed, so that it can be undone; whoever marked lines wants each of them moved. */
function insert(field: HTMLTextAreaElement, indent: string) {
  const { selectionStart: start, selectionEnd: end, value } = field
  const marked = value.slice(start, end)
  if (!marked.includes('\n')) return type(field, indent)
  const from = value.lastIndexOf('\n', start - 1) + 1
  field.setSelectionRange(from, end)
  const lines = value.slice(from, end)
  const moved = lines.replaceAll(/^(?=[^\n])/gm, indent)
  type(field, moved)
  field.setSelectionRange(from, from + moved.length)
}

function type(field: HTMLTextAreaElement, text: string) {
  // Nothing else than this old command keeps what the field can undo.
  if (document.execCommand('insertText', false, text)) return
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

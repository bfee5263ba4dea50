import { Textarea, type TextareaProps } from '@mantine/core'

interface LinesFieldProps extends Omit<TextareaProps, 'value' | 'onChange'> {
  value: readonly string[]
  onChange: (lines: string[]) => void
}

/** A list of texts, one a line. */
export const LinesField = ({ value, onChange, ...props }: LinesFieldProps) => (
  <Textarea
    autosize
    minRows={1}
    maxRows={8}
    autoComplete="off"
    spellCheck={false}
    {...props}
    value={value.join('\n')}
    onChange={(event) => onChange(event.currentTarget.value.split('\n'))}
  />
)

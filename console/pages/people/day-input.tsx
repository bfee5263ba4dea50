import { TextInput, type TextInputProps } from '@mantine/core'

const dayMs = 86_400_000

/** A day as the browser's own calendar picks it, `YYYY-MM-DD`. */
export const dayText = (at: number): string => {
  const day = new Date(at)
  const part = (value: number) => String(value).padStart(2, '0')
  return `${day.getFullYear()}-${part(day.getMonth() + 1)}-${part(day.getDate())}`
}

/** The end of that day, where its reader is. */
export const endOfDay = (text: string): number => new Date(`${text}T23:59:59`).getTime()

/** A field for a day that lies ahead. */
export const DayInput = (props: TextInputProps) => (
  <TextInput type="date" min={dayText(Date.now() + dayMs)} w={{ base: '100%', xs: 220 }} {...props} />
)

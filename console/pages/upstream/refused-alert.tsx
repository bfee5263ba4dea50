import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { refusalWords } from './refusal-words.ts'

/** Why somebody who came back from another place is not in, and what would help. */
export function RefusedAlert({ code, name }: { code: string | undefined; name: string | undefined }) {
  const words = refusalWords(code, name)
  return (
    words && (
      <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle />} title={words.title}>
        {words.help}
      </Alert>
    )
  )
}

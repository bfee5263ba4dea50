import { List, Paper, Text, Title } from '@mantine/core'
import type { Policy } from '../../api/shapes.ts'
import { reportLabel } from '../../ui/report-words.ts'
import { isSame, statuses } from './policy-edits.ts'

interface ReportChangesProps {
  before: Policy
  after: Policy
  isDraft?: boolean
}

/** Which reports about models begin to count, and which no longer do; nothing where none of that changes. */
export function ReportChanges({ before, after, isDraft }: ReportChangesProps) {
  const [was, is] = [statuses(before), statuses(after)]
  if (isSame(was, is)) return null
  const begun = is.filter((one) => !was.includes(one))
  return (
    <Paper withBorder p="md">
      <Title order={3} size="md" mb={4}>
        Reports that count against a model
      </Title>
      <List size="sm" withPadding={false}>
        {begun.map((one) => (
          <List.Item key={one}>Counts from then on: {reportLabel(one)}</List.Item>
        ))}
        {was
          .filter((one) => !is.includes(one))
          .map((one) => (
            <List.Item key={one}>No longer counts: {reportLabel(one)}</List.Item>
          ))}
      </List>
      {isDraft && (
        <Text size="sm" mt={6}>
          As soon as it is saved every passkey is judged anew.
          {begun.length > 0 &&
            ' Whoever has a key of such a model stands below, with what they could no longer do by it.'}
          {was.some((one) => !is.includes(one)) && ' Keys that a report holds back today count below as they do today.'}
        </Text>
      )}
    </Paper>
  )
}

import { Badge, Group, Stack, Text } from '@mantine/core'
import type { ImportPreview } from '../../../api/shapes.ts'
import { organisationRoleLabel } from '../../../forms/role-words.ts'
import { RowList } from '../../../ui/row-list.tsx'
import { people } from './count-people.ts'

/** What an import would do: the rows with something wrong stand first. */
export function PreviewList({ preview }: { preview: ImportPreview }) {
  const { rows, total } = preview
  return (
    <Stack gap="sm">
      <Text role="status">{summary(preview)}</Text>
      <RowList label="Rows of the list">
        {rows.map((row) => (
          <Row key={row.row} row={row} />
        ))}
      </RowList>
      {rows.length < total && (
        <Text size="sm" c="dimmed">
          The first {rows.length} of {total} rows are shown, those with something to look at before the others.
        </Text>
      )}
    </Stack>
  )
}

function Row({ row }: { row: ImportPreview['rows'][number] }) {
  const isOut = row.problems.length > 0
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={2} flex="1 1 260px" miw={0} style={{ overflowWrap: 'anywhere' }}>
        <Text size="sm">
          {row.displayName}{' '}
          <Text span size="sm" c="dimmed">
            {row.username} · {row.email}
          </Text>
        </Text>
        <Text size="sm" c="dimmed">
          Row {row.row} · {[organisationRoleLabel(row.role), ...row.groups].join(', ')}
        </Text>
        {[...row.problems, ...row.notes].map((sentence) => (
          <Text key={sentence} size="sm">
            {sentence}
          </Text>
        ))}
      </Stack>
      <Badge variant={isOut ? 'light' : 'default'} {...(isOut ? { color: 'red' } : {})} tt="none" fw={500}>
        {isOut ? 'Left out' : row.keepsPassword ? 'Keeps the password' : 'Gets a link'}
      </Badge>
    </Group>
  )
}

function summary({ total, passwords, invited, leftOut }: ImportPreview): string {
  const parts = [
    ...(invited ? [`${invited} would get a link to make a passkey`] : []),
    ...(passwords ? [`${passwords} would keep the password they know`] : []),
    ...(leftOut ? [`${leftOut} would be left out`] : []),
  ]
  return `${people(total)} in the list: ${parts.join(', ')}.`
}

import { Alert, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Facts } from '../api/shapes.ts'
import { revealHidden } from './code-hidden.ts'
import { CopyButton } from './copy-button.tsx'
import { TimeAgo } from './time-ago.tsx'

type Row = Facts['rows'][number]

function FactValue({ row }: { row: Row }) {
  if (row.kind === 'time') {
    const at = /^\d+$/.test(row.value) ? Number(row.value) : Date.parse(row.value)
    return Number.isNaN(at) ? row.value : <TimeAgo at={at} />
  }
  // What one signs is what one sees: nothing hides in it, and lines stay lines.
  if (row.kind === 'text') return <span style={{ whiteSpace: 'pre-wrap' }}>{revealHidden(row.value)}</span>
  return (
    <Text span ff="monospace" fz="sm">
      {row.value} <CopyButton value={row.value} what={row.label.toLowerCase()} />
    </Text>
  )
}

/** What is about to be signed, in the server's reading order, in full: an id one approves is never shortened. */
export const FactsTable = ({ facts }: { facts: Facts }) => (
  <Stack gap="sm">
    <Table variant="vertical" layout="auto" withRowBorders={false} verticalSpacing={5} aria-label={facts.title}>
      <Table.Tbody>
        {facts.rows.map((row) => (
          <Table.Tr key={`${row.label} ${row.value}`}>
            <Table.Th
              scope="row"
              fw={400}
              c="dimmed"
              bg="transparent"
              pl={0}
              style={{ whiteSpace: 'nowrap', verticalAlign: 'top' }}
            >
              {row.label}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <FactValue row={row} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
    {facts.warnings.map((warning) => (
      <Alert key={warning} color="yellow" variant="light" icon={<IconAlertTriangle />}>
        {warning}
      </Alert>
    ))}
  </Stack>
)

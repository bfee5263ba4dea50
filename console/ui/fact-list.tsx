import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

/** What is known of something, a row for each fact. */
export const FactList = ({ label, children }: { label: string; children: ReactNode }) => (
  <Table variant="vertical" layout="auto" withRowBorders={false} verticalSpacing={4} aria-label={label}>
    <Table.Tbody>{children}</Table.Tbody>
  </Table>
)

export const Fact = ({ label, children }: { label: ReactNode; children: ReactNode }) => (
  <Table.Tr>
    <Table.Th
      scope="row"
      fw={400}
      c="dimmed"
      bg="transparent"
      pl={0}
      w={{ base: 140, sm: 220 }}
      style={{ verticalAlign: 'top' }}
    >
      {label}
    </Table.Th>
    <Table.Td style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>{children}</Table.Td>
  </Table.Tr>
)

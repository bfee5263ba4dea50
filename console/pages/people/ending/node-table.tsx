import { Table } from '@mantine/core'
import type { ReceiptNode } from '../../../api/shapes.ts'
import { spanWords } from './cut-progress.tsx'

/** Each running server, and how long after the decision nothing was open there. */
export const NodeTable = ({ nodes, decidedAt }: { nodes: ReceiptNode[]; decidedAt: number }) => (
  <Table>
    <Table.Thead>
      <Table.Tr>
        <Table.Th>Node</Table.Th>
        <Table.Th>Confirmed</Table.Th>
        <Table.Th ta="right">Connections cut</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {nodes.map((node) => (
        <Table.Tr key={node.id}>
          <Table.Td ff="monospace" fz="sm">
            {node.id.slice(0, 8)}
          </Table.Td>
          <Table.Td>{confirmedWords(node, decidedAt)}</Table.Td>
          <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
            {node.cut}
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
)

function confirmedWords({ confirmedAt, cutsBy }: ReceiptNode, decidedAt: number): string {
  if (confirmedAt !== null) return `${spanWords(Math.max(0, confirmedAt - decidedAt))} after the decision`
  return cutsBy === null
    ? 'not yet'
    : `did not answer; stopped, or it cut everything it held by ${new Date(cutsBy).toLocaleTimeString('en')}`
}

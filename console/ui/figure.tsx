import { Box, Button, Stack, Table, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { renderCsv } from '../csv.ts'
import { saveFile } from '../save-file.ts'
import { Bar } from './bar.tsx'
import { Section } from './section.tsx'

export interface Column<Row> {
  label: string
  /** As the file has it: numbers bare. */
  value: (row: Row) => string | number | null
  /** As it is read, where that differs. */
  words?: (row: Row) => string
  /** What the file calls it, where it is read together with its words. */
  fileLabel?: string
  /** Read below the row's name, not as a column of its own. */
  isNote?: boolean
}

interface FigureProps<Row> {
  title: string
  /** What the figure says, in a sentence. */
  children: ReactNode
  rows: readonly Row[]
  /** The first names the row. */
  columns: readonly Column<Row>[]
  /** Lengths in per cent. */
  bars: (row: Row) => readonly number[]
  /** Its name, without the ending. */
  file: string
}

/** A figure: what it says in words, its table with a bar for each row, and the same table as a file. */
export function Figure<Row>({ title, children, rows, columns, bars, file }: FigureProps<Row>) {
  const save = () => {
    const lines = rows.map((row) => columns.map(({ value }) => value(row)))
    const text = renderCsv([columns.map(({ label, fileLabel = label }) => fileLabel), ...lines])
    saveFile(new Blob([text], { type: 'text/csv' }), `${file}.csv`)
  }
  const [name, ...others] = columns
  const notes = others.filter(({ isNote }) => isNote)
  const numbers = others.filter(({ isNote }) => !isNote)
  return (
    <Section title={title} action={rows.length > 0 && <SaveButton what={title} onSave={save} />}>
      <Text>{children}</Text>
      {rows.length > 0 && name && (
        <Table layout="fixed" verticalSpacing="xs" aria-label={title} style={{ fontVariantNumeric: 'tabular-nums' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{name.label}</Table.Th>
              {numbers.map(({ label }) => (
                <Table.Th key={label} scope="col" ta="right" w={{ base: 76, xs: 116 }}>
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, index) => (
              <Table.Tr key={index}>
                <Name words={say(name, row)} notes={notes.map((note) => say(note, row))} lengths={bars(row)} />
                {numbers.map((column) => (
                  <Table.Td key={column.label} ta="right" style={{ whiteSpace: 'nowrap', verticalAlign: 'top' }}>
                    {say(column, row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  )
}

const say = <Row,>({ value, words }: Column<Row>, row: Row): string => {
  const plain = value(row)
  return words?.(row) ?? (typeof plain === 'number' ? plain.toLocaleString('en') : (plain ?? ''))
}

const Name = ({ words, notes, lengths }: { words: string; notes: string[]; lengths: readonly number[] }) => (
  <Table.Th scope="row" fw={400} style={{ overflowWrap: 'anywhere' }}>
    <Stack gap={6}>
      <Box>
        {words}
        {notes.length > 0 && (
          <Text size="sm" c="dimmed">
            {notes.join(' · ')}
          </Text>
        )}
      </Box>
      <Bar lengths={lengths} />
    </Stack>
  </Table.Th>
)

interface SaveButtonProps {
  /** What the file holds. */
  what: string
  isSaving?: boolean
  onSave: () => void
}

export const SaveButton = ({ what, isSaving = false, onSave }: SaveButtonProps) => (
  <Button
    size="xs"
    variant="default"
    leftSection={<IconDownload size={14} aria-hidden />}
    aria-label={`CSV: ${what}`}
    loading={isSaving}
    onClick={onSave}
  >
    CSV
  </Button>
)

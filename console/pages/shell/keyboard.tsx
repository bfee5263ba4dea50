import { Kbd, Modal, Table } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import type { Me } from '../../api/shapes.ts'
import { useGo } from '../../url-state.ts'
import { onRequest } from './keyboard-requests.ts'
import { placesFor } from './places.ts'

const Search = lazy(async () => ({ default: (await import('./search.tsx')).Search }))

const CHORD_MS = 1500

/** `g` then a letter goes to a page, `?` lists the keys, Ctrl/⌘-K searches. Silent while somebody types. */
export function Keyboard({ me }: { me: Me }) {
  const go = useGo()
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [searches, setSearches] = useState(0)
  const pressedG = useRef(-Infinity)
  const places = placesFor(me)

  const onLetter = (letter: string, event: KeyboardEvent) => {
    const place = places.find((candidate) => candidate.letter === letter)
    const isChord = event.timeStamp - pressedG.current < CHORD_MS
    pressedG.current = -Infinity
    if (place && isChord) go(place.href)
  }
  useHotkeys([
    ['mod+K', () => setSearches((count) => count + 1)],
    ['?', () => setHelpOpen(true), { usePhysicalKeys: false }],
    ['shift+?', () => setHelpOpen(true)],
    ['g', (event) => void (pressedG.current = event.timeStamp)],
    ...places.map(({ letter }) => [letter, (event: KeyboardEvent) => onLetter(letter, event)] as const),
  ] as Parameters<typeof useHotkeys>[0])
  useEffect(() => onRequest('search', () => setSearches((count) => count + 1)), [])
  useEffect(() => onRequest('help', () => setHelpOpen(true)), [])

  return (
    <>
      {searches > 0 && (
        <Suspense fallback={null}>
          <Search me={me} openings={searches} />
        </Suspense>
      )}
      <Modal opened={isHelpOpen} onClose={() => setHelpOpen(false)} title="Keyboard">
        <Table variant="vertical" withRowBorders={false}>
          <Table.Tbody>
            <KeyRow keys={['Ctrl or ⌘', 'K']} does="Search people, repositories and pages" />
            <KeyRow keys={['/']} does="Find a file or a line in the repository that is open" />
            <KeyRow keys={['?']} does="This list" />
            {places.map(({ letter, label }) => (
              <KeyRow key={letter} keys={['g', letter]} does={label} />
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  )
}

const KeyRow = ({ keys, does }: { keys: string[]; does: string }) => (
  <Table.Tr>
    <Table.Th scope="row" w={150} bg="transparent">
      {keys.map((name, index) => (
        <span key={name}>
          {index > 0 && ' '}
          <Kbd>{name}</Kbd>
        </span>
      ))}
    </Table.Th>
    <Table.Td>{does}</Table.Td>
  </Table.Tr>
)

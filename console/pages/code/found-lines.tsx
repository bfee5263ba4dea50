import { Anchor, Highlight, Paper, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import { retryWhenBusy } from '../../api/retry-when-busy.ts'
import type { FileWithLines, FoundLines as Found } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import styles from './found-lines.module.css'
import type { Sought } from './found-files.tsx'
import { PathProblem } from './path-problem.tsx'

/** Reading every file costs more than a list of names: it waits until nobody types. */
const PATIENCE_MS = 400
const LEAST = 2

export function FoundLines({ place, currentRef, refName, q: typed }: Sought) {
  const [q] = useDebouncedValue(typed, PATIENCE_MS)
  const { data: found, error } = useQuery({
    ...getQuery<Found>(`${place.api}/find/lines`, { ref: currentRef, q }),
    enabled: q.length >= LEAST,
    retry: retryWhenBusy,
  })
  if (typed.length < LEAST) return null
  return (
    <Section title="Lines">
      {error ? (
        <PathProblem place={place} error={error} />
      ) : !found ? (
        <RowSkeletons rows={3} height={60} />
      ) : (
        <Stack gap="sm">
          {found.items.map((file) => (
            <FileCard
              key={file.path}
              file={file}
              q={q}
              hrefOf={(line) => paths.file(place.project, place.name, file.path, refName, line)}
            />
          ))}
          {wordsFor(found) && <Text c="dimmed">{wordsFor(found)}</Text>}
        </Stack>
      )}
    </Section>
  )
}

function wordsFor({ items, isComplete }: Found): string {
  if (!isComplete && items.length === 0)
    return 'Looking took too long. Clone the repository and run git grep on your own machine.'
  if (!isComplete) return 'There are more files with this. Type more to see fewer.'
  return items.length === 0 ? 'No line has exactly this in it.' : ''
}

interface FileCardProps {
  file: FileWithLines
  q: string
  hrefOf: (line?: number) => string
}

const FileCard = ({ file, q, hrefOf }: FileCardProps) => (
  <Paper withBorder className={styles.card}>
    <div className={styles.path}>
      <Anchor href={hrefOf()} size="sm" fw={600}>
        {revealHidden(file.path)}
      </Anchor>
    </div>
    {file.lines.map(({ number, text }) => (
      <a key={number} href={hrefOf(number)} className={styles.line}>
        <span className={styles.number}>{number}</span>
        <Highlight component="code" className={styles.text} highlight={q}>
          {revealHidden(text.trim())}
        </Highlight>
      </a>
    ))}
    {file.hasMore && (
      <Text size="xs" c="dimmed" px="md" py={6}>
        And more in this file
      </Text>
    )}
  </Paper>
)

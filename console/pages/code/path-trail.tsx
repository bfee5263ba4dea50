import { Anchor, Group, Text } from '@mantine/core'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import type { Place } from './use-place.ts'

/** Where a file lies, each directory a link; it is the page's title. */
export function PathTrail({ place, path, refName }: { place: Place; path: string; refName: string | undefined }) {
  const parts = path.split('/').filter((part) => part !== '')
  const hrefOf = (depth: number) =>
    depth === 0
      ? paths.repository(place.project, place.name, { ref: refName })
      : paths.tree(place.project, place.name, parts.slice(0, depth).join('/'), refName)
  return (
    <Group gap={6} flex="1 1 280px" miw={0}>
      <Text component="h1" fz="md" fw={500} m={0} ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        <Anchor href={hrefOf(0)} inherit underline="always">
          {place.name}
        </Anchor>
        {parts.map((part, index) => (
          <span key={index}>
            {' / '}
            {index < parts.length - 1 ? (
              <Anchor href={hrefOf(index + 1)} inherit underline="always">
                {revealHidden(part)}
              </Anchor>
            ) : (
              <Text span inherit fw={650}>
                {revealHidden(part)}
              </Text>
            )}
          </span>
        ))}
      </Text>
      {path !== '' && <CopyButton value={path} what="the path" />}
    </Group>
  )
}

import { Anchor, Group, Text } from '@mantine/core'
import { CopyButton } from './copy-button.tsx'

/** A long id, shortened, with the whole of it on hover and by copy. Keeps the prefix of a digest (`sha256:`). */
export function Oid({ oid, href, length = 8 }: { oid: string; href?: string; length?: number }) {
  const colon = oid.indexOf(':') + 1
  const short = oid.slice(0, colon + length)
  return (
    <Group gap={2} wrap="nowrap" display="inline-flex" style={{ verticalAlign: 'middle' }}>
      {href ? (
        <Anchor href={href} ff="monospace" fz="0.9em" title={oid}>
          {short}
        </Anchor>
      ) : (
        <Text span ff="monospace" fz="0.9em" title={oid} style={{ overflowWrap: 'anywhere' }}>
          {short}
        </Text>
      )}
      <CopyButton value={oid} what={`${short} in full`} />
    </Group>
  )
}

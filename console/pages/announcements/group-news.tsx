import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { paths } from '../../paths.ts'
import { announcementsQuery } from './announcements.ts'

/** What a group is told just now, and the way to who has read it. For administrators. */
export function GroupNews({ group }: { group: string }) {
  const { data } = useQuery(announcementsQuery)
  const live = data?.items.filter((one) => one.group === group && one.endedAt === null) ?? []
  if (live.length === 0) return null
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        Told:
      </Text>
      {live.map(({ id, title }) => (
        <Anchor key={id} href={paths.announcement(id)} size="sm">
          {title}
        </Anchor>
      ))}
    </Group>
  )
}

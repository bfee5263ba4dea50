import { Anchor, Badge, Box, Group, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconChevronDown, IconChevronRight, IconFingerprint } from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { AuditEventView } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { strengthWords } from '../../ui/strength-words.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { emergencies, methodWords } from './action-words.ts'

export const AuditEvents = ({ events }: { events: AuditEventView[] }) => (
  <RowList label="Events">
    {events.map((event) => (
      <AuditRow key={event.id} event={event} />
    ))}
  </RowList>
)

function AuditRow({ event }: { event: AuditEventView }) {
  const me = useMe()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <UnstyledButton
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
          aria-controls={id}
          flex="1 1 300px"
          miw={0}
        >
          <Group wrap="nowrap" gap={6} align="flex-start">
            <Chevron size={16} style={{ flexShrink: 0, marginTop: 5 }} aria-hidden />
            <Text span style={{ overflowWrap: 'anywhere' }}>
              {event.sentence}
            </Text>
          </Group>
        </UnstyledButton>
        {/* Below the sentence on a phone, where it begins. */}
        <Group gap="xs" pl={{ base: 22, xs: 0 }}>
          {emergencies.has(event.action) && (
            <Badge
              variant="default"
              tt="none"
              fw={500}
              leftSection={<IconAlertTriangle size={14} aria-hidden color="var(--mantine-color-red-text)" />}
            >
              Emergency
            </Badge>
          )}
          {event.outcome === 'refused' && (
            <Badge variant="default" tt="none" fw={500}>
              Refused
            </Badge>
          )}
          {event.method === 'passkey' && <TapMark event={event} />}
          <Text size="sm" c="dimmed">
            <TimeAgo at={event.occurredAt} />
          </Text>
        </Group>
      </Group>
      {isOpen && (
        <Box id={id} pl={22}>
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {methodWords[event.method] ?? event.method}
              {event.strength && `, ${strengthWords[event.strength]}`}
              {event.actor && (
                <>
                  {' · '}
                  <Anchor href={paths.audit({ actor: event.actor.username })} size="sm" underline="always">
                    All by {event.actor.displayName}
                  </Anchor>
                </>
              )}
              {' · '}
              <Anchor href={paths.audit({ action: event.action })} size="sm" underline="always">
                All of this kind
              </Anchor>
              {isAdministrator(me) && (
                <>
                  {' · '}
                  <Anchor
                    href={`/api/v1/audit/${event.id}/proof`}
                    download={`${event.id}.json`}
                    size="sm"
                    underline="always"
                  >
                    Save its proof
                  </Anchor>
                </>
              )}
            </Text>
            <CopyBlock label="The recorded event, byte for byte" lines={[event.leaf]} what="the event" />
          </Stack>
        </Box>
      )}
    </Stack>
  )
}

/** Seen at a glance: somebody proved themselves for exactly this. */
function TapMark({ event: { strength } }: { event: AuditEventView }) {
  const words = `By a tap${strength ? `, ${strengthWords[strength]}` : ''}`
  return (
    <Tooltip label={words}>
      <Text span c="dimmed" lh={1} role="img" aria-label={words}>
        <IconFingerprint size={16} aria-hidden />
      </Text>
    </Tooltip>
  )
}

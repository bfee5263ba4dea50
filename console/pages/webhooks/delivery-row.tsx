import { Box, Group, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useId } from 'react'
import type { DeliverySummary } from '../../api/shapes.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { DeliveryDetail } from './delivery-detail.tsx'
import { StateBadge } from './state-badge.tsx'
import { deliveryState } from './webhook-words.ts'

export function DeliveryRow(props: {
  path: string
  delivery: DeliverySummary
  isOpen: boolean
  isActive: boolean
  onToggle: () => void
}) {
  const { path, delivery, isOpen, isActive, onToggle } = props
  const id = useId()
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <>
      <UnstyledButton onClick={onToggle} aria-expanded={isOpen} aria-controls={id} w="100%">
        <Group gap="sm" justify="space-between">
          <Group gap="xs" wrap="nowrap" miw={0} flex="1 1 220px">
            <Chevron size={16} aria-hidden />
            <Box miw={0}>
              <Text ff="monospace" fz="sm" style={{ overflowWrap: 'anywhere' }}>
                {delivery.type}
              </Text>
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                <TimeAgo at={delivery.createdAt} />
                {delivery.error !== null && ` · ${delivery.error}`}
              </Text>
            </Box>
          </Group>
          <StateBadge state={deliveryState(delivery)} />
        </Group>
      </UnstyledButton>
      <Box id={id}>{isOpen && <DeliveryDetail path={path} id={delivery.id} isActive={isActive} />}</Box>
    </>
  )
}

import { Accordion, Button, Group, Stack, Text } from '@mantine/core'
import { IconDeviceMobile, IconKey } from '@tabler/icons-react'
import type { WayProps } from './way-props.ts'

/** A passkey that is on a phone or on a security key: the browser is told which to look for. */
export const AnotherDevice = ({ isBusy, onTry }: WayProps) => (
  <Accordion.Item value="device">
    <Accordion.Control>Use another device</Accordion.Control>
    <Accordion.Panel>
      <Stack gap="sm">
        <Text size="sm">
          Your passkey is on a phone or on a security key? Your browser shows a code to scan, or asks for the key.
        </Text>
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconDeviceMobile size={18} aria-hidden />}
            disabled={isBusy}
            onClick={() => onTry('hybrid')}
          >
            My phone
          </Button>
          <Button
            variant="default"
            leftSection={<IconKey size={18} aria-hidden />}
            disabled={isBusy}
            onClick={() => onTry('security-key')}
          >
            A security key
          </Button>
        </Group>
      </Stack>
    </Accordion.Panel>
  </Accordion.Item>
)

import { Accordion, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconDeviceMobile, IconKey } from '@tabler/icons-react'
import type { SignInHint } from '../../forms/sign-in.ts'

interface OtherWaysProps {
  isBusy: boolean
  onTry: (hint: SignInHint) => void
}

/** Folded away below the button: another device, and what to do when every key is lost. */
export const OtherWays = ({ isBusy, onTry }: OtherWaysProps) => (
  <Accordion variant="default" order={2} chevronPosition="left">
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
    <Accordion.Item value="lost" style={{ borderBottom: 0 }}>
      <Accordion.Control>I have lost my passkey</Accordion.Control>
      <Accordion.Panel>
        <Text size="sm">
          Ask an administrator for a new link: they find it beside your name under People. Are you the only owner? On
          the server, run <Code>npm run postern -- admin setup-link</Code>: it prints a link with which you become owner
          again.
        </Text>
      </Accordion.Panel>
    </Accordion.Item>
  </Accordion>
)

import { Accordion, Button, Code, Stack, Text } from '@mantine/core'
import { IconLifebuoy } from '@tabler/icons-react'
import { paths } from '../../paths.ts'

/** What to do when every key is lost. */
export const LostPasskey = () => (
  <Accordion.Item value="lost" style={{ borderBottom: 0 }}>
    <Accordion.Control>Lost your passkey?</Accordion.Control>
    <Accordion.Panel>
      <Stack gap="sm" align="flex-start">
        <Button
          component="a"
          href={paths.recover}
          variant="default"
          leftSection={<IconLifebuoy size={18} aria-hidden />}
        >
          Use a recovery code
        </Button>
        <Text size="sm">
          No code? An administrator can let you back in: ask one, in person or by telephone. Are you the only owner? On
          the server, run <Code>npm run postern -- admin setup-link</Code>: it prints a link with which you become owner
          again. Where there is a sealed code for such a day, <a href={paths.breakGlass}>break the glass</a>.
        </Text>
      </Stack>
    </Accordion.Panel>
  </Accordion.Item>
)

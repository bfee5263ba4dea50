import { Accordion, Anchor, Box, Button, Stack, Text } from '@mantine/core'
import { IconLifebuoy } from '@tabler/icons-react'
import { paths } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

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
        <Text size="sm">No code? An administrator can let you back in: ask one, in person or by telephone.</Text>
        <Text size="sm">
          Are you the only owner? On the server, with your username, this prints a link to begin anew:
        </Text>
        <Box w="100%">
          <CopyBlock lines={['npm run postern -- admin setup-link \\', '  --owner USERNAME']} />
        </Box>
        <Text size="sm">
          Where there is a sealed code for such a day, <Anchor href={paths.breakGlass}>break the glass</Anchor>.
        </Text>
        <Text size="sm">
          The guide has all of it: <Anchor href={paths.guide('recovery')}>Getting back in</Anchor>.
        </Text>
      </Stack>
    </Accordion.Panel>
  </Accordion.Item>
)

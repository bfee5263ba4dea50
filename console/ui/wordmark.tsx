import { Anchor, Group, Text } from '@mantine/core'
import icon from '../icon.svg'

export const Wordmark = ({ href }: { href: string }) => (
  <Anchor href={href} underline="never" c="var(--mantine-color-text)">
    <Group gap={8} wrap="nowrap">
      <img src={icon} width={24} height={24} alt="" />
      <Text span fw={650} size="lg">
        Postern
      </Text>
    </Group>
  </Anchor>
)

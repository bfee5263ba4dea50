import { Box, Text, Title } from '@mantine/core'

/** One concern of the settings page. */
export const SettingsSection = (props: React.PropsWithChildren<{ title: string; description?: string }>) => (
  <Box component="section" aria-label={props.title}>
    <Title order={2} fz="lg" mb={4}>
      {props.title}
    </Title>
    {props.description && (
      <Text size="sm" c="dimmed" mb="md">
        {props.description}
      </Text>
    )}
    {props.children}
  </Box>
)

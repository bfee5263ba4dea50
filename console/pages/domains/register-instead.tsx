import { Anchor, Text } from '@mantine/core'
import { useInstance } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'

/** Below sign-in, where anybody may register themselves. */
export const RegisterInstead = () =>
  useInstance().takesRegistrations ? (
    <Text size="sm" ta="center">
      New here? <Anchor href={paths.register}>Register</Anchor>
    </Text>
  ) : null

import { Stack, Text } from '@mantine/core'
import type { CommitSignature } from '../api/shapes.ts'

/** What stands behind one signature: who, with what, and what to know about it. */
export const SignatureCard = ({ signature }: { signature: CommitSignature }) => (
  <Stack gap="xs" fz="sm">
    <Text fw={600} fz="sm" style={{ overflowWrap: 'anywhere' }}>
      {signature.label}
    </Text>
    {signature.remarks.map((remark) => (
      <Text key={remark} inherit style={{ overflowWrap: 'anywhere' }}>
        {remark}
      </Text>
    ))}
    {signature.keyName !== null && signature.fingerprint !== null && (
      <Text inherit c="dimmed" ff="monospace" fz="xs" style={{ overflowWrap: 'anywhere' }}>
        {signature.fingerprint}
      </Text>
    )}
  </Stack>
)

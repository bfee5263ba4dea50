import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconCertificate } from '@tabler/icons-react'
import type { CertificateIssued } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

/** Where the certificate goes. It is no secret: it is good for nothing without the key. */
export function CertificateMade({ made, onClose }: { made: CertificateIssued; onClose: () => void }) {
  return (
    <Alert color="gray" icon={<IconCertificate />} title="Put it beside your key">
      <Stack gap="sm">
        <Text size="sm" component="div">
          Save this line in a file named as the key, with <Code>-cert.pub</Code> at its end, such as{' '}
          <Code>~/.ssh/id_ed25519-cert.pub</Code>: ssh then finds it by itself. It ends{' '}
          <TimeAgo at={made.certificate.expiresAt} />.
        </Text>
        <CopyBlock lines={[made.line.trim()]} what="the certificate" label="Certificate" />
        <Group>
          <Button variant="default" size="xs" onClick={onClose}>
            Done
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

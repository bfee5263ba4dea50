import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useInstance } from '../../api/use-me.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

/** How the holder of a key replaces it, for whoever has just added one that may be. */
export function RotationLines({ onClose }: { onClose: () => void }) {
  const { url } = useInstance()
  return (
    <Alert
      color="gray"
      icon={<IconRefresh />}
      title="It comes in from now on. With these lines its holder replaces it."
    >
      <Stack gap="sm">
        <Text size="sm">
          Run them on the machine, in the folder of the key, whenever a new one is due. A webhook for
          “deploy-key.rotation-due” says when. The former key ends when the new one is first used.
        </Text>
        <CopyBlock
          lines={[
            "ssh-keygen -q -t ed25519 -N '' -C build-server -f next",
            'ssh-keygen -q -Y sign -n rotate@postern -f deploy_key next.pub',
            `cat next.pub next.pub.sig | curl -fsS --data-binary @- ${url}/api/v1/deploy-keys/rotate`,
          ]}
        />
        <Group>
          <Button variant="default" size="xs" onClick={onClose}>
            I have them
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

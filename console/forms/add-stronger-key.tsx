import { Alert, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { AddPasskeyForm } from './add-passkey-form.tsx'

interface AddStrongerKeyProps {
  onAdded: () => Promise<unknown>
  /** Whether a key of this name would do. */
  fits: (name: string) => boolean
}

/** A key that a rule asks for; what was added and will not do is said so. */
export function AddStrongerKey({ onAdded, fits }: AddStrongerKeyProps) {
  const [added, setAdded] = useState<string>()
  if (added !== undefined && fits(added)) return null
  return (
    <AddPasskeyForm
      onAdded={async (name) => {
        await onAdded()
        setAdded(name)
      }}
      intro={
        <>
          {added !== undefined && (
            <Alert color="yellow" icon={<IconInfoCircle />} role="alert">
              “{added}” was added, and it is not of that kind. Try with another key.
            </Alert>
          )}
          <Text size="sm">It takes two taps: the new key makes the passkey, then the one you have vouches for it.</Text>
        </>
      }
    />
  )
}

import { Button, Group, List, Modal } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { AddPasskeyForm } from '../../forms/add-passkey-form.tsx'
import { useUrlState } from '../../url-state.ts'

export function AddPasskey() {
  const [add, setAdd] = useUrlState<'yes' | ''>('add', '')
  const setOpen = (isOpen: boolean) => setAdd(isOpen ? 'yes' : '')
  return (
    <>
      <Group>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen(true)}>
          Add a passkey
        </Button>
      </Group>
      <Modal opened={add === 'yes'} onClose={() => setOpen(false)} title="Add a passkey">
        <AddPasskeyForm onAdded={() => setOpen(false)} intro={whatToExpect} />
      </Modal>
    </>
  )
}

const whatToExpect = (
  <>
    It takes two taps:
    <List type="ordered" size="sm" spacing={4}>
      <List.Item>the new key makes the passkey,</List.Item>
      <List.Item>then one you already have vouches for it. So nobody can add a key to your account but you.</List.Item>
    </List>
  </>
)

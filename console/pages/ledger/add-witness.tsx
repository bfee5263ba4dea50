import { Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { NewWitness, WitnessList } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { witnessesPath } from './ledger-queries.ts'
import { witnessLines } from './watch-lines.ts'

interface AddWitnessProps {
  isOpen: boolean
  ledgerKey: string
  onClose: () => void
}

export const AddWitness = ({ isOpen, ledgerKey, onClose }: AddWitnessProps) => (
  <Modal opened={isOpen} onClose={onClose} title="Add a witness" size="lg">
    <AddWitnessForm ledgerKey={ledgerKey} onClose={onClose} />
  </Modal>
)

/** It is asked once before the tap: what is wrong stands beside its address. */
function AddWitnessForm({ ledgerKey, onClose }: Omit<AddWitnessProps, 'isOpen'>) {
  const { form, act, onSubmit } = useActForm<NewWitness & Record<string, unknown>, WitnessList>({
    initialValues: { url: '', key: '' },
    validate: { url: required('its address'), key: required('its key') },
    act: ({ url, key }) =>
      api.post<WitnessList>(witnessesPath, { url: url.trim(), key: key.trim() } satisfies NewWitness),
    onDone: async () => {
      await refresh('/ledger')
      onClose()
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          Whoever runs it starts it with the key of this ledger, on a machine of theirs, and tells you its address and
          the key that it prints:
        </Text>
        <CopyBlock lines={witnessLines(globalThis.location.origin, ledgerKey)} what="the commands" />
        <TextInput
          label="Address of the witness"
          placeholder="https://witness.example.org"
          type="url"
          autoComplete="off"
          maxLength={500}
          data-autofocus
          {...form.getInputProps('url')}
        />
        <Textarea
          label="Key of the witness"
          description="One line: name+id+key"
          autosize
          minRows={2}
          maxLength={300}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('key')}
        />
        <FormEnd act={act} onCancel={onClose}>
          Ask it, and add it with a tap
        </FormEnd>
      </Stack>
    </form>
  )
}

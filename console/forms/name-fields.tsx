import { TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { useState } from 'react'
import { suggestUsername } from './suggest-username.ts'

interface NameFieldsProps {
  form: {
    getInputProps(field: 'displayName' | 'username'): GetInputPropsReturnType
    setFieldValue(field: 'username', value: string): void
  }
  /** About oneself, so that the browser may help; else about somebody else. */
  isOwn: boolean
  usernameHint: string
  /** The username stands already, and no other is suggested while the name is typed. */
  hasUsername?: boolean
}

/** A name, and the username that follows it until somebody chooses their own. */
export function NameFields({ form, isOwn, usernameHint, hasUsername = false }: NameFieldsProps) {
  const [hasChosen, setHasChosen] = useState(hasUsername)
  const name = form.getInputProps('displayName')
  return (
    <>
      <TextInput
        label={isOwn ? 'Your name' : 'Name'}
        autoComplete={isOwn ? 'name' : 'off'}
        autoFocus={isOwn}
        data-autofocus
        maxLength={100}
        {...name}
        onChange={(event) => {
          name.onChange(event)
          if (!hasChosen) form.setFieldValue('username', suggestUsername(event.currentTarget.value))
        }}
      />
      <TextInput
        label="Username"
        description={usernameHint}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={39}
        {...form.getInputProps('username')}
        onChange={(event) => {
          setHasChosen(event.currentTarget.value !== '')
          form.setFieldValue('username', event.currentTarget.value.toLowerCase())
        }}
      />
    </>
  )
}

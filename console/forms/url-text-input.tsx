import { TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { useUrlState } from '../url-state.ts'

interface UrlTextInputProps extends Omit<TextInputProps, 'name' | 'value' | 'onChange'> {
  /** Of the value in the query string. */
  name: string
}

/** A text that lives in the URL, written a moment after the last key. Cleared from elsewhere, it clears too. */
export function UrlTextInput({ name, ...props }: UrlTextInputProps) {
  const [value, setValue] = useUrlState<string>(name, '')
  const [typed, setTyped] = useState(value)
  const written = useRef(value)
  const write = useDebouncedCallback((text: string) => {
    written.current = text
    setValue(text)
  }, 250)
  useEffect(() => {
    if (value === written.current) return
    written.current = value
    setTyped(value)
  }, [value])
  return (
    <TextInput
      {...props}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        write(event.currentTarget.value.trim())
      }}
    />
  )
}

import { useCallback, useState } from 'react'

const PREFIX = 'postern.typed:'

/** What was typed under this name in this tab, and not sent yet. A forbidden or full storage forgets, no more. */
export function readKept(storage: Pick<Storage, 'getItem'>, name: string): string | null {
  try {
    return storage.getItem(PREFIX + name)
  } catch {
    return null
  }
}

export function writeKept(storage: Pick<Storage, 'setItem' | 'removeItem'>, name: string, text: string | null): void {
  try {
    if (text === null) storage.removeItem(PREFIX + name)
    else storage.setItem(PREFIX + name, text)
  } catch {
    return
  }
}

/** A text that outlives a reload, an error and a closed form. Setting it to null forgets it: the form starts afresh. */
export function useKept(name: string, initial = ''): [text: string, set: (text: string | null) => void] {
  const [text, setText] = useState(() => readKept(sessionStorage, name) ?? initial)
  const set = useCallback(
    (next: string | null) => {
      setText(next ?? initial)
      writeKept(sessionStorage, name, next === initial ? null : next)
    },
    [name, initial],
  )
  return [text, set]
}

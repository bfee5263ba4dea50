import { useCallback, useState } from 'react'

type Marks = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'postern.viewed:'

/** Paths marked as viewed. What is unreadable counts as nothing viewed. */
export function readViewed(storage: Marks, subject: string, to: string): Set<string> {
  try {
    const stored: unknown = JSON.parse(storage.getItem(`${PREFIX}${subject}:${to}`) ?? '[]')
    return new Set(Array.isArray(stored) ? stored.filter((path) => typeof path === 'string') : [])
  } catch {
    return new Set()
  }
}

/** Marks belong to one exact result: when it moves, the older ones go. A full or forbidden storage loses marks, no more. */
export function writeViewed(storage: Marks, subject: string, to: string, viewed: ReadonlySet<string>): void {
  const key = `${PREFIX}${subject}:${to}`
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
  try {
    for (const old of keys) if (old.startsWith(`${PREFIX}${subject}:`) && old !== key) storage.removeItem(old)
    if (viewed.size === 0) storage.removeItem(key)
    else storage.setItem(key, JSON.stringify([...viewed]))
  } catch {
    return
  }
}

/** The files of one diff that this person marked as viewed, in this browser. */
export function useViewed(subject: string | null, to: string) {
  const [viewed, setViewed] = useState(() =>
    subject === null ? new Set<string>() : readViewed(localStorage, subject, to),
  )
  const mark = useCallback(
    (path: string, isViewed: boolean) =>
      setViewed((before) => {
        const next = new Set(before)
        if (isViewed) next.add(path)
        else next.delete(path)
        if (subject !== null) writeViewed(localStorage, subject, to, next)
        return next
      }),
    [subject, to],
  )
  return { viewed, mark }
}

import { useLocation, useParams, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'

/** Query strings stay plain text: `?ref=2024` is a branch, never a number. */
export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text))

export const stringifySearch = (search: Record<string, unknown>): string => {
  const present = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(present.map(([name, value]) => [name, String(value)])).toString()
  return text ? `?${text}` : ''
}

/** The query string of this page. */
export function useUrlQuery(): Record<string, string | undefined> {
  return useLocation({ select: (location) => location.search as Record<string, string | undefined> })
}

/** Changes some of the query string and stays on the page; empty values are left out. Replaces the history entry. */
export function useSetUrlQuery(): (changes: Record<string, string | null | undefined>) => void {
  const router = useRouter()
  return useCallback(
    (changes) => {
      // As the address bar has it: decoding and encoding a path again would not give the same one.
      const { pathname, search, hash } = router.history.location
      router.history.replace(`${pathname}${stringifySearch({ ...parseSearch(search), ...changes })}${hash}`)
    },
    [router],
  )
}

/** One value of the query string as state; `initial` stands for its absence and is not written. */
export function useUrlState<Value extends string>(name: string, initial: Value): [Value, (value: Value) => void] {
  const value = (useUrlQuery()[name] ?? initial) as Value
  const set = useSetUrlQuery()
  return [value, useCallback((next) => set({ [name]: next === initial ? null : next }), [set, name, initial])]
}

/** A part of the page's path, decoded; `''` where the route has none of that name. */
export function usePathPart(
  name: 'project' | 'repository' | 'oid' | 'number' | 'tab' | 'code' | 'id' | 'branch' | 'username' | '_splat',
): string {
  const params: Record<string, string | undefined> = useParams({ strict: false })
  return params[name] ?? ''
}

/** Where tools lead people to sign in, and what leads them back. */
export const isAnsweredByServer = (href: string): boolean => /^\/(?:proxy|oidc|saml)\//.test(href)

/** Goes to a URL built by `paths`, or to one of the server's own. */
export function useGo(): (href: string, options?: { replace?: boolean }) => void {
  const router = useRouter()
  return useCallback(
    (href, options) => {
      // No page of ours: the server sends the browser on from there.
      if (isAnsweredByServer(href)) return location.assign(href)
      if (options?.replace) router.history.replace(href)
      else router.history.push(href)
      // Else the router makes one entry of two that come at once.
      router.history.flush()
    },
    [router],
  )
}

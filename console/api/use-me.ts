import { useSuspenseQuery } from '@tanstack/react-query'
import { instanceQuery, meQuery } from './queries.ts'
import { notSignedIn } from './problem.ts'
import type { Me } from './shapes.ts'

/** The signed-in person. Where nobody is, it throws, and the error page leads to sign-in. */
export function useMe(): Me {
  const me = useMaybeMe()
  if (!me) throw notSignedIn()
  return me
}

export const useMaybeMe = () => useSuspenseQuery(meQuery).data

export const useInstance = () => useSuspenseQuery(instanceQuery).data

export const isAdministrator = (me: Me | null) => me?.role === 'owner' || me?.role === 'admin'

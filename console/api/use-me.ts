import { useSuspenseQuery } from '@tanstack/react-query'
import { instanceQuery, meQuery } from './queries.ts'
import { makeProblem, ProblemError } from './problem.ts'
import type { Me } from './shapes.ts'

/** The signed-in person. Where nobody is, it throws, and the error page leads to sign-in. */
export function useMe(): Me {
  const me = useMaybeMe()
  if (!me) throw new ProblemError(makeProblem('sign-in-required', 'Please sign in', undefined, 401))
  return me
}

export const useMaybeMe = () => useSuspenseQuery(meQuery).data

export const useInstance = () => useSuspenseQuery(instanceQuery).data

export const isAdministrator = (me: Me | null) => me?.role === 'owner' || me?.role === 'admin'

import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Strength } from '../database/schema.ts'

/** Who may call a route. Every route names one; what each means is given once, by the composition root. */
export const accessKinds = [
  'public', // anybody, known or not
  'person', // a person in a browser session; no token, however strong
  'enrolling', // the same, also where the session falls short of the rules: to get what is missing
  'user', // a session or a token
  'organisation:admin',
  'organisation:owner',
  'project:read',
  'project:admin',
  'repository:read', // also nobody in particular, where the repository is public
  'repository:write',
  'repository:status', // the same role, and a token that may do nothing but report what a check found
  'repository:admin',
  'signed', // whoever sends it proves who they are in its body; a cookie or token counts for nothing
  'git', // smart HTTP: judged by the transport itself, through the same functions
  'directory', // the token of a connected directory, and nothing else
  'metrics', // this machine, or whoever holds the operator's token; to others there is nothing
] as const
export type Access = (typeof accessKinds)[number]

export interface FactRow {
  label: string
  value: string
  kind: 'text' | 'oid' | 'digest' | 'time'
}

/** What a person is shown, and what the seal names, before they carry out a sensitive act. */
export interface ActDescription {
  title: string
  rows: FactRow[]
  /** What the person should think of before they tap. */
  warnings?: string[]
  /** Things beside the request that the seal vouches for, by SHA-256, e.g. a new credential's public key. */
  subjects?: { name: string; digest: { sha256: string } }[]
  /** What is asked for is so already: nobody taps for it, and the route answers as if it had been done. */
  isSoAlready?: boolean
}

/** An act that takes a tap bound to it: the caller repeats the request with the seal's id in `Postern-Seal`. */
export interface SensitiveAct {
  name: string
  describe(request: FastifyRequest): Promise<ActDescription>
}

/** One that takes a tap only where the rules ask a tap of another act, such as a push, and a person can give it. */
export interface AskedAct extends SensitiveAct {
  /** Whose rules ask for it, and on which branch, if on one; undefined where no tap is asked, or none could be given. */
  askedAs(request: FastifyRequest): Promise<{ act: string; branch: string | null } | undefined>
}

export interface TakenSeal {
  id: Id<'sea'>
  strength: Strength
  credentialRecordId: Id<'crd'>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    act?: SensitiveAct
    /** Instead of `act`: the route judges for itself whoever comes without a seal. */
    actWhereAsked?: AskedAct
    /** Also for a session that falls short of the rules: what it waits for may be the key that it lacks. */
    whileEnrolling?: true
    /** Asked by a page by itself, which is no use of a session. */
    isUnattended?: true
    /** Of git's routes, one whose body has the deadline of every other. */
    hasShortBody?: true
    /** Nothing but a file or a word that is the same for everybody: not counted against any limit. */
    isStatic?: true
    /** The ceremony that this route ends, for the counters. */
    ceremony?: 'registration' | 'sign-in' | 'seal'
    /** What becomes of a seal request where this route succeeds, for the counters. */
    sealRequest?: 'held' | 'refused' | 'withdrawn'
  }
  interface FastifyRequest {
    /** Uses up the seal of a route with an `act`, in the transaction of that act. @throws where it was used before */
    takeSeal(tx: Tx<'seal' | 'user'>): Promise<TakenSeal>
    /** The caller came back with a seal, of a route that asks for one only sometimes. */
    hasSeal: boolean
    /** No tap was made for this act, as it is so already: there is no seal to take, and nothing to do. */
    isSoAlready: boolean
  }
}

export type Guard = (request: FastifyRequest) => Promise<void>

/**
 * Makes a route without declared access a start-up error, and puts the declared guard before everything of the route. Where
 * a body was still to come then, it may have taken its time: whoever could do this when it began is judged again.
 * @param guards.again for that; the first ones, where there are no others
 */
export function enforceAccess(
  app: FastifyInstance,
  guards: { access: Record<Access, Guard>; again?: Record<Access, Guard>; act: Guard },
): void {
  const isToCome = new WeakSet<FastifyRequest>()
  app.addHook('onRoute', (route: RouteOptions) => {
    const access = route.config?.access
    if (access === undefined || !accessKinds.includes(access))
      throw new Error(`route ${String(route.method)} ${route.url} does not declare its access`)
    const guard = guards.access[access]
    const judge = async (request: FastifyRequest): Promise<void> => {
      await guard(request)
      if (!request.raw.complete) isToCome.add(request)
    }
    const again = (guards.again ?? guards.access)[access]
    const judgeAgain = async (request: FastifyRequest): Promise<void> => {
      if (isToCome.has(request)) await again(request)
    }
    // Before a body is read: what a stranger sends costs nothing more than its headers.
    route.onRequest = [judge, ...[route.onRequest ?? []].flat()]
    const before: Guard[] = []
    // Git's bodies are read by its own handlers, which ask again themselves.
    if (access !== 'git') before.push(judgeAgain)
    if (route.config?.act !== undefined || route.config?.actWhereAsked !== undefined)
      before.push((request) => guards.act(request))
    route.preHandler = [...before, ...[route.preHandler ?? []].flat()]
  })
}

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

export interface TakenSeal {
  id: Id<'sea'>
  strength: Strength
  credentialRecordId: Id<'crd'>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    act?: SensitiveAct
    /** Also for a session that falls short of the rules: what it waits for may be the key that it lacks. */
    whileEnrolling?: true
    /** Asked by a page by itself, which is no use of a session. */
    isUnattended?: true
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
    /** No tap was made for this act, as it is so already: there is no seal to take, and nothing to do. */
    isSoAlready: boolean
  }
}

export type Guard = (request: FastifyRequest) => Promise<void>

/** Makes a route without declared access a start-up error, and puts the declared guard before everything of the route. */
export function enforceAccess(app: FastifyInstance, guards: { access: Record<Access, Guard>; act: Guard }): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    const access = route.config?.access
    if (access === undefined || !accessKinds.includes(access))
      throw new Error(`route ${String(route.method)} ${route.url} does not declare its access`)
    const guard = guards.access[access]
    // Before a body is read: what a stranger sends costs nothing more than its headers.
    route.onRequest = [(request: FastifyRequest) => guard(request), ...[route.onRequest ?? []].flat()]
    if (route.config?.act !== undefined)
      route.preHandler = [(request: FastifyRequest) => guards.act(request), ...[route.preHandler ?? []].flat()]
  })
}

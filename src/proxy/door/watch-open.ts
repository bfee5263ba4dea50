import type { IncomingMessage } from 'node:http'
import { Bunch } from '../../http/bunch.ts'
import type { OpenConnections } from '../../http/open-connections.ts'
import type { Admitted, AnsweredHere, Entry, ProxyRequest } from '../entry.ts'
import type { Route, Routes } from '../route.ts'

/** What is open through the door. */
export interface OpenWork {
  route: Route
  readonly request: ProxyRequest
  /** Called once a second: it ends where somebody has let their turn pass. @param at by `performance.now()` */
  look(at: number): void
  cut(): void
}

export interface WatchOpen {
  /** Until what it returns is called, it is cut when its person's end comes, and asked about again when it is time. */
  add(work: OpenWork, admitted: Admitted, track?: OpenConnections['track']): () => void
  /** The rest of a body that nobody reads any more: its connection is closed where it takes its time. */
  linger(incoming: IncomingMessage): void
  count(): number
  close(): void
}

export interface WatchParts {
  routes: Routes
  entry: Pick<Entry, 'admit' | 'onJudgedAnew'>
  connections: Pick<OpenConnections, 'track' | 'asking'>
  now: () => number
  log: (error: unknown, doing: string) => void
  lingerMs: number
}

interface Watched {
  work: OpenWork
  admitted: Admitted
  untrack: () => void
  isOpen: boolean
  isAsked: boolean
  /** Something changed while it was asked about: the answer may be of before. */
  isStale: boolean
}

const everyMs = 1000

/** Looks after everything that is open, once a second: a timer for each request would cost every one of them. */
export function watchOpen({ routes, entry, connections, now, log, lingerMs }: WatchParts): WatchOpen {
  const open = new Bunch<Watched>()
  const lingering = new Map<IncomingMessage, number>()
  const looking = setInterval(look, everyMs).unref()
  routes.onChanged(() => {
    for (const watched of open.list())
      if (routes.find(watched.work.route.host) !== watched.work.route) void askAgain(watched)
  })
  entry.onJudgedAnew((account) => {
    for (const watched of open.list())
      if (account === undefined || watched.admitted.endsWith.includes(account)) void askAgain(watched)
  })

  function look(): void {
    const at = performance.now()
    const time = now()
    for (const watched of open.list()) {
      watched.work.look(at)
      if (watched.admitted.until <= time && !watched.isAsked) void askAgain(watched)
    }
    for (const [incoming, since] of lingering) {
      if (incoming.complete || incoming.destroyed) lingering.delete(incoming)
      else if (at - since > lingerMs) incoming.socket.destroy()
    }
  }

  async function askAgain(watched: Watched): Promise<void> {
    watched.isStale = watched.isAsked
    if (watched.isAsked) return
    watched.isAsked = true
    const { work } = watched
    const route = routes.find(work.route.host)
    const asking = connections.asking()
    try {
      const answer: Admitted | AnsweredHere | undefined =
        route?.application.id === work.route.application.id
          ? await entry.admit(route, { ...work.request, isAgain: true })
          : undefined
      if (!watched.isOpen) return
      if (route === undefined || answer?.kind !== 'admitted') return work.cut()
      work.route = route
      watched.untrack()
      watched.admitted = answer
      watched.untrack = asking.track(answer.endsWith, () => work.cut())
    } catch (error) {
      // Nobody knows whether it still may be open.
      log(error, 'asking again about what is open through a route')
      work.cut()
    } finally {
      asking.drop()
      watched.isAsked = false
      if (watched.isStale && watched.isOpen) void askAgain(watched)
    }
  }

  return {
    add(work, admitted, track = connections.track) {
      const { endsWith } = admitted
      const watched: Watched = { work, admitted, untrack: nothing, isOpen: true, isAsked: false, isStale: false }
      const held = open.add(watched)
      if (endsWith.length > 0) watched.untrack = track(endsWith, () => work.cut())
      return () => {
        watched.isOpen = false
        open.delete(held)
        watched.untrack()
      }
    },
    linger(incoming) {
      if (!incoming.complete && !incoming.destroyed) lingering.set(incoming, performance.now())
    },
    count: () => open.size,
    close() {
      clearInterval(looking)
      for (const { work } of open.list()) work.cut()
    },
  }
}

const nothing = (): void => {}

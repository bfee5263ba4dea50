import { useEffect, useRef, useSyncExternalStore } from 'react'
import { isAway } from './away.ts'
import { LiveWants } from './live-wants.ts'

/**
 * Pages that wait are told when what they show has changed. One tab of the browser holds the one event stream, known by
 * a lock, and tells the others: six streams would use up all connections that HTTP/1.1 has. Where there is no stream,
 * `useLive` says so, and pages look by themselves.
 */
type Message =
  | { kind: 'who' }
  | { kind: 'wants'; tab: string; ids: readonly string[] }
  | { kind: 'changed'; about: string }
  | { kind: 'listening'; ids: readonly string[] }

/** Pages come and go together; the stream is opened once for all. */
const SETTLE_MS = 200
const RETRY_MS = 15_000
const ROUND_MS = 60_000
const JUST_MS = 3_000
/** As many as one stream tells about; pages beyond look by themselves. */
const MOST = 20

const self = crypto.randomUUID()
const channel = new BroadcastChannel('postern-live')
const wanted = new Map<string, { calls: Set<() => void>; since: number }>()
const watchers = new Set<() => void>()
let listening: ReadonlySet<string> = new Set()
let leading: { leave: AbortController; wants: LiveWants; update: () => void } | null = null
let standing: AbortController | null = null

const own = (): string[] => [...wanted.keys()]
// eslint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target; its origin is ours
const say = (message: Message) => channel.postMessage(message)

function tell(about: string) {
  for (const call of wanted.get(about)?.calls ?? []) call()
}

function setListening(ids: readonly string[]) {
  // What was missed while nobody listened is read once; a page that has just come has read it.
  const now = Date.now()
  for (const id of ids) if (!listening.has(id) && now - (wanted.get(id)?.since ?? now) > JUST_MS) tell(id)
  listening = new Set(ids)
  for (const watch of watchers) watch()
}

channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data.kind === 'who') say({ kind: 'wants', tab: self, ids: own() })
  else if (data.kind === 'wants') {
    leading?.wants.set(data.tab, data.ids)
    leading?.update()
  } else if (data.kind === 'changed') tell(data.about)
  else setListening(data.ids)
})

function announce() {
  say({ kind: 'wants', tab: self, ids: own() })
  leading?.wants.set(self, own())
  leading?.update()
  if (wanted.size > 0 && standing === null) standForLeader()
  else if (wanted.size === 0) {
    standing?.abort()
    standing = null
    leading?.leave.abort()
    if (listening.size > 0) setListening([])
  }
}

function standForLeader() {
  const stand = new AbortController()
  standing = stand
  navigator.locks.request('postern-live', { signal: stand.signal }, lead).catch(() => undefined)
}

/** Holds the stream for all tabs until nothing here waits any more; then another tab takes over. */
function lead(): Promise<void> {
  if (wanted.size === 0) return Promise.resolve()
  const leave = new AbortController()
  const wants = new LiveWants()
  let stream: EventSource | null = null
  let address = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const hear = (ids: readonly string[]) => {
    setListening(ids)
    say({ kind: 'listening', ids })
  }
  const open = () => {
    const ids = wants.all().slice(0, MOST)
    const next = `/api/v1/live?about=${ids.map(encodeURIComponent).join(',')}`
    if (next === address && stream?.readyState !== EventSource.CLOSED) return
    // Once their session has idled away, it is refused again and again until somebody is there.
    if (stream !== null && isAway()) return update(RETRY_MS)
    stream?.close()
    address = next
    if (ids.length === 0) return
    const opened = new EventSource(next)
    stream = opened
    opened.addEventListener('open', () => hear(ids))
    opened.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const { about } = JSON.parse(data) as { about: string }
      say({ kind: 'changed', about })
      tell(about)
    })
    opened.addEventListener('error', () => {
      if (stream !== opened) return
      hear([])
      if (opened.readyState === EventSource.CLOSED) update(RETRY_MS)
    })
  }
  const update = (afterMs = SETTLE_MS) => {
    clearTimeout(timer)
    timer = setTimeout(open, afterMs)
  }
  const ask = () => {
    wants.nextRound()
    wants.set(self, own())
    say({ kind: 'who' })
  }
  const round = setInterval(ask, ROUND_MS)
  leading = { leave, wants, update: () => update() }
  ask()
  update()
  return new Promise((resolve) => {
    leave.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      clearInterval(round)
      stream?.close()
      leading = null
      hear([])
      resolve()
    })
  })
}

addEventListener('pagehide', () => say({ kind: 'wants', tab: self, ids: [] }))

function want(ids: readonly string[], call: () => void): () => void {
  for (const id of ids) {
    const one = wanted.get(id) ?? { calls: new Set(), since: Date.now() }
    one.calls.add(call)
    wanted.set(id, one)
  }
  announce()
  return () => {
    for (const id of ids) {
      wanted.get(id)?.calls.delete(call)
      if (wanted.get(id)?.calls.size === 0) wanted.delete(id)
    }
    announce()
  }
}

const watch = (call: () => void) => {
  watchers.add(call)
  return () => watchers.delete(call)
}

/** Calls when one of these changed: a pull request, a seal request, a repository by id, or `inbox`. True while told. */
export function useLive(about: readonly string[], onChanged: () => void): boolean {
  const called = useRef(onChanged)
  useEffect(() => {
    called.current = onChanged
  })
  const key = about.join(',')
  useEffect(() => (key === '' ? undefined : want(key.split(','), () => called.current())), [key])
  return useSyncExternalStore(watch, () => key !== '' && key.split(',').every((id) => listening.has(id)))
}

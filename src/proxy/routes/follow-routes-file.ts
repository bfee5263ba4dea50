import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ApplicationKind } from '../../applications/application-kind.ts'
import type { AuditEntry } from '../../audit/entry.ts'
import type { Database } from '../../database/handles.ts'
import { applyRoutesFile, UnfitRoute } from './apply-routes-file.ts'
import type { RouteSurroundings } from './check-route.ts'
import { readKnownNames } from './known-names.ts'
import type { FileProblem } from './parse-routes-file.ts'
import type { RouteForm } from './route-form.ts'

export interface RoutesFile {
  /** Where it lies. */
  path: string
  /** Why it is not followed as it stands now, and what was before is in force; empty where it is. */
  problems(): readonly FileProblem[]
  /** After events of this node: what it names may be something else by now, a group made anew under the same name. */
  after(events: readonly Pick<AuditEntry, 'action'>[]): void
  /** Looks at once. For those who wait for it, and for tests. */
  look(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

const lookEveryMs = 500

/**
 * Follows `routes.yaml`. It is looked at every half second rather than watched, since editors replace files and some
 * file systems tell nothing; and what has just changed counts only once it stands still, so that a half-written file
 * ends nothing. A broken one changes nothing, and is said loudly.
 */
export function followRoutesFile(parts: {
  path: string
  database: Database
  kind: ApplicationKind<RouteForm>
  surroundings: Omit<RouteSurroundings, 'groups' | 'connectors'>
  now: () => number
  /** Told of each new state once. */
  onState: (problems: readonly FileProblem[], warnings: readonly FileProblem[]) => void
}): RoutesFile {
  const { path, database, kind, surroundings, now, onState } = parts
  let problems: readonly FileProblem[] = []
  /** What was last followed, or found unfit. */
  let done = ''
  let seen = ''
  let isDoubtful = false
  let said = '[[],[]]'
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()

  function settle(found: readonly FileProblem[], warnings: readonly FileProblem[] = []): void {
    const isKnown = JSON.stringify([found, warnings]) === said
    said = JSON.stringify([found, warnings])
    problems = found
    if (!isKnown) onState(found, warnings)
  }

  async function follow(text: string): Promise<void> {
    // With its YAML reader, which whoever has no such file never needs.
    const { parseRoutesFile } = await import('./parse-routes-file.ts')
    const file = parseRoutesFile(text, { ...surroundings, ...(await readKnownNames(database.read)) })
    if (file.problems.length > 0) return settle(file.problems)
    try {
      await database.write((tx) => applyRoutesFile(tx, file.routes, { kind, file: path, at: now() }))
    } catch (error) {
      if (!(error instanceof UnfitRoute)) throw error
      return settle([{ line: file.lineOf(error.slug), message: `${error.slug}: ${error.message}` }])
    }
    settle([], file.warnings)
  }

  async function look(isPatient: boolean): Promise<void> {
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      seen = done = ''
      return settle([{ line: 1, message: `The file cannot be read: ${(error as Error).message}.` }])
    }
    const mark = hash('sha256', text, 'base64url')
    const isStill = mark === seen
    seen = mark
    // What did not fit may fit by now: a group was made, a name came free.
    if ((mark === done && problems.length === 0 && !isDoubtful) || (isPatient && !isStill)) return
    isDoubtful = false
    await follow(text)
    done = mark
  }

  const next = (isPatient: boolean): Promise<void> => {
    const turn = looking.then(() => look(isPatient))
    looking = turn.catch(() => {})
    return turn
  }
  const again = (): void => {
    timer = setTimeout(() => {
      void next(true)
        .catch((error: unknown) => settle([{ line: 1, message: String(error) }]))
        .finally(() => timer && again())
    }, lookEveryMs).unref()
  }

  return {
    path,
    problems: () => problems,
    after(events) {
      if (events.some(({ action }) => action.startsWith('group.') || action.startsWith('connector.'))) isDoubtful = true
    },
    look: () => next(false),
    async start() {
      await next(false)
      again()
    },
    async close() {
      clearTimeout(timer)
      timer = undefined
      await looking
    },
  }
}

import type { FastifyRequest } from 'fastify'
import type { Database } from '../../database/handles.ts'
import type { DeployKeyTable } from '../../database/schema.ts'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import { conflict } from '../../http/problem.ts'
import { getSetting } from '../../identity/settings.ts'
import { isKeyTaken } from '../../access-keys/ssh-keys/key-taken.ts'
import { getPlace } from '../../repositories/place.ts'
import { checkLifetime } from './lifetime.ts'
import { getDeployKey } from './list-deploy-keys.ts'
import { readPublicKey } from './read-public-key.ts'
import type { DeployKeyChanges, Lifetime, NewDeployKey, NewSuccessor } from './shapes.ts'

const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })
const mayRow = (access: 'read' | 'write'): FactRow =>
  text('May', access === 'read' ? 'fetch, and change nothing' : 'fetch and push')
const counted = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`
const lifetimeRow = ({ expiresInDays, rotation }: Lifetime): FactRow =>
  rotation === null
    ? text('Ends in', counted(expiresInDays ?? 0))
    : text(
        'Replaced',
        `every ${counted(rotation.everyDays)} by its holder, without anybody’s tap; both are good for ${counted(rotation.overlapDays)}`,
      )

/** What a person is shown before they tap for one of the changes of a deploy key; what is not valid is refused before. */
export function deployKeyActs({ database, now }: { database: Database; now: () => number }) {
  const lookAt = async (request: FastifyRequest) => {
    const { repository, path } = getPlace(request)
    const { key: id } = request.params as { key: string }
    const key = await getDeployKey(database.read, repository.id, id, now())
    const rows = [text('Repository', path), text('Fingerprint', key.fingerprint), mayRow(key.access)]
    return { path, key, rows, subjects: [actSubject('deploy-key', key.id)] }
  }
  const readFree = async (line: string) => {
    const key = readPublicKey(line)
    if (await isKeyTaken(database.read, key.fingerprint))
      throw conflict('key-taken', 'This key belongs to somebody, or to a repository, already.', {
        help: 'Make a new key for this repository: one key, one place.',
      })
    return key
  }

  const add: SensitiveAct = {
    name: 'deploy-key.add',
    async describe(request) {
      const { repository, path } = getPlace(request)
      const { name, access, publicKey, ...lifetime } = request.body as NewDeployKey
      const key = await readFree(publicKey)
      checkLifetime(lifetime, await getSetting(database.read, 'deployKeyDays'))
      return {
        title: `Add the deploy key “${name}” to ${path}`,
        rows: [text('Repository', path), text('Fingerprint', key.fingerprint), mayRow(access), lifetimeRow(lifetime)],
        subjects: [actSubject('repository', repository.id)],
      }
    },
  }
  const succeed: SensitiveAct = {
    name: 'deploy-key.add',
    async describe(request) {
      const { path, key, rows, subjects } = await lookAt(request)
      const { publicKey, overlapDays } = request.body as NewSuccessor
      const { fingerprint } = await readFree(publicKey)
      return {
        title: `Give the deploy key “${key.name}” of ${path} a successor`,
        rows: [
          ...rows,
          text('New fingerprint', fingerprint),
          text('The former one ends', `as soon as the new one is used, and in ${counted(overlapDays)} at the latest`),
        ],
        subjects,
      }
    },
  }
  const change: SensitiveAct = {
    name: 'deploy-key.change',
    async describe(request) {
      const { path, key, rows, subjects } = await lookAt(request)
      const { name, lifetime } = request.body as DeployKeyChanges
      if (name !== undefined) rows.push(text('New name', name))
      if (lifetime !== undefined) {
        checkLifetime(lifetime, await getSetting(database.read, 'deployKeyDays'))
        rows.push(lifetimeRow(lifetime))
      }
      return { title: `Change the deploy key “${key.name}” of ${path}`, rows, subjects }
    },
  }
  const simple = (
    name: 'deploy-key.change' | 'deploy-key.end',
    titleOf: (key: DeployKeyTable, path: string) => string,
  ): SensitiveAct => ({
    name,
    async describe(request) {
      const { path, key, rows, subjects } = await lookAt(request)
      return { title: titleOf(key, path), rows, subjects }
    },
  })
  return {
    add,
    succeed,
    change,
    keep: simple('deploy-key.change', ({ name }, path) => `Keep the deploy key “${name}” of ${path}`),
    end: simple('deploy-key.end', ({ name, successorId }, path) =>
      successorId === null
        ? `End the deploy key “${name}” of ${path}`
        : `End the deploy key “${name}” of ${path}, and the new one that takes its place`,
    ),
  }
}

import type { FastifyRequest } from 'fastify'
import type { Database } from '../../database/handles.ts'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import { findUserById } from '../../identity/users.ts'
import { getPlace } from '../../repositories/place.ts'
import { accessWords } from './access-words.ts'
import { checkChanges, checkTerms } from './check-terms.ts'
import type { NewPipeline, PipelineChanges } from './shapes.ts'
import { getTrust } from './trusts.ts'

const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })
const warnings = ['Whoever controls that pipeline can do this here, with no secret and no tap of anybody.']

/** What a person is shown before they tap for one of the changes of a pipeline; what is not valid is refused before. */
export function trustActs({ database }: { database: Database }) {
  const lookAt = async (request: FastifyRequest) => {
    const { repository, path } = getPlace(request)
    const { pipeline: id } = request.params as { pipeline: string }
    const row = await getTrust(database.read, repository.id, id)
    return { path, row, subjects: [actSubject('workload', row.id)] }
  }
  const name = 'workload.change'

  const create: SensitiveAct = {
    name,
    describe(request) {
      const { repository, path } = getPlace(request)
      const body = request.body as NewPipeline
      checkTerms(body)
      return Promise.resolve({
        title: `Let pipelines of ${new URL(body.issuer).host} come into ${path}`,
        rows: [text('Repository', path), text('Pipeline', body.name), text('Issuer', body.issuer), ...termRows(body)],
        warnings,
        subjects: [actSubject('repository', repository.id)],
      })
    },
  }
  const change: SensitiveAct = {
    name,
    async describe(request) {
      const { path, row, subjects } = await lookAt(request)
      const terms = checkChanges(row, request.body as PipelineChanges)
      return {
        title: `Change the pipeline “${row.name}” of ${path}`,
        rows: [text('Repository', path), text('Issuer', row.issuer), ...termRows(terms)],
        warnings,
        subjects,
      }
    },
  }
  const simple = (titleOf: (path: string, pipeline: string) => string): SensitiveAct => ({
    name,
    async describe(request) {
      const { path, row, subjects } = await lookAt(request)
      return {
        title: titleOf(path, row.name),
        rows: [text('Repository', path), text('Issuer', row.issuer), text('May', accessWords[row.access])],
        subjects,
      }
    },
  })
  const plainKeep = simple((path, pipeline) => `Keep the pipeline “${pipeline}” of ${path}`)
  const keep: SensitiveAct = {
    name,
    async describe(request) {
      const { row } = await lookAt(request)
      const said = await plainKeep.describe(request)
      if (row.keys === null || row.adoptBy === null) return said
      const steward = (await findUserById(database.read, row.stewardId))?.displayName ?? 'Somebody'
      return {
        ...said,
        warnings: [
          `${steward}, who answered for its keys, has no access any more. Whoever has their private half comes in again: new keys are better.`,
        ],
      }
    },
  }
  return {
    create,
    change,
    keep,
    end: simple((path, pipeline) => `End the pipeline “${pipeline}” of ${path}`),
  }
}

type Terms = Pick<NewPipeline, 'audience' | 'conditions' | 'access' | 'lifetimeMinutes' | 'runHours' | 'keys'>

const termRows = ({ audience, conditions, access, lifetimeMinutes, runHours, keys }: Terms): FactRow[] => [
  text('For the audience', audience),
  ...conditions.map(({ claim, value }) => text(`Where ${claim} is`, value)),
  text('May', accessWords[access]),
  text('For', `${lifetimeMinutes} minutes at a time, ${runHours} ${runHours === 1 ? 'hour' : 'hours'} in all`),
  ...(keys === null ? [] : [text('The issuer’s keys', 'as given here, never asked for')]),
]

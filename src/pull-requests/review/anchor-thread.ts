import type { Db } from '../../database/handles.ts'
import type { ReviewThreadTable } from '../../database/schema.ts'
import { conflict, invalid } from '../../http/problem.ts'
import { maxComparedBytes } from '../../repositories/git-diffs.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { Source } from '../../repositories/revision.ts'
import { isText } from '../../repositories/text.ts'
import type { ReviewParts } from './review-parts.ts'
import type { PullRequest } from '../records.ts'
import { findMergeBase } from './change-digest.ts'
import { readEnds } from './ends.ts'
import { placeThreads } from './place-threads.ts'
import type { NewThread } from './shapes.ts'
import { findBlob, isTreePath } from './tree-path.ts'

export type Anchor = Pick<ReviewThreadTable, 'path' | 'side' | 'line' | 'startLine' | 'anchorOid' | 'snippet'>

const mostLines = 1_000
const maxSnippet = 10_000

/**
 * Fixes what a thread is about to a commit of now, with the lines as they read. Whoever looked at an earlier head is
 * taken to the same lines of this one. @throws 409 `head-moved` where they are gone, 422 where there never were any
 */
export async function anchorThread(
  { database, git }: ReviewParts,
  { folder }: RepositoryPlace,
  row: PullRequest,
  wanted: NewThread,
): Promise<Anchor> {
  const source = { git, folder }
  const ends = await readEnds({ git }, { folder }, row)
  const { path, line, startLine = line, side = 'head' } = wanted
  if (path === undefined) {
    if (line !== undefined) throw invalid('path', 'A line is in a file: name it.')
    return { path: null, side: null, line: null, startLine: null, anchorOid: ends.head, snippet: '' }
  }
  if (!isTreePath(path)) throw invalid('path', 'No file can have this path.')
  const sides = { head: ends.head, base: (await findMergeBase(source, ends)) ?? ends.base }
  if (line === undefined || startLine === undefined) {
    await checkFile(source, path, sides)
    return { path, side: null, line: null, startLine: null, anchorOid: ends.head, snippet: '' }
  }
  if (startLine > line) throw invalid('startLine', 'The first line comes before the last one.')
  if (line - startLine >= mostLines) throw invalid('startLine', `A comment is about ${mostLines} lines at most.`)
  if (side === 'base' || wanted.headOid === ends.head)
    return readAnchor(source, { path, side, line, startLine, anchorOid: sides[side] })
  await checkFormerHead(database.read, row, wanted.headOid)
  const former = await readAnchor(source, { path, side, line, startLine, anchorOid: wanted.headOid })
  const found = (await placeThreads(source, [{ id: 'thr_new', ...former }], sides)).get('thr_new')
  if (found?.lines == null || found.path === null) throw headMoved()
  const { start, end } = found.lines
  return readAnchor(source, { path: found.path, side, startLine: start, line: end, anchorOid: ends.head })
}

async function checkFile(source: Source, path: string, sides: { base: string; head: string }): Promise<void> {
  const found = (await findBlob(source, sides.head, path)) ?? (await findBlob(source, sides.base, path))
  if (found === undefined) throw invalid('path', 'There is no such file.')
}

/** Nothing else may be looked at through a comment than what this pull request once proposed. @throws 409 */
async function checkFormerHead(
  db: Db<'refUpdate'>,
  { repositoryId, sourceRef }: PullRequest,
  head: string,
): Promise<void> {
  const former = await db
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', sourceRef)
    .where('newOid', '=', head)
    .where('state', '=', 'done')
    .limit(1)
    .executeTakeFirst()
  if (former === undefined) throw headMoved()
}

async function readAnchor(
  source: Source,
  anchor: { path: string; side: 'base' | 'head'; line: number; startLine: number; anchorOid: string },
): Promise<Anchor> {
  const { path, line, startLine, anchorOid, side } = anchor
  const blob = await findBlob(source, anchorOid, path)
  if (blob === undefined)
    throw invalid('path', side === 'head' ? 'There is no such file in the head.' : 'There was no such file before.')
  const objects = source.git.objects(source.folder)
  const size = (await objects.info(blob))?.size ?? 0
  const file = size > maxComparedBytes ? undefined : await objects.read(blob)
  if (file === undefined) throw invalid('line', 'This file is too large to be read by lines: comment on it as a whole.')
  if (!isText(file.content)) throw invalid('line', 'This file has no lines: comment on it as a whole.')
  const text = file.content.toString()
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  if (text === '' || line > lines.length) throw invalid('line', `There is no line ${line} in this file.`)
  const snippet = lines
    .slice(startLine - 1, line)
    .join('\n')
    .slice(0, maxSnippet)
  // A database does not keep zeros in text.
  return { ...anchor, snippet: snippet.toWellFormed().replaceAll('\0', '\uFFFD') }
}

const headMoved = () =>
  conflict('head-moved', 'These lines are gone: new commits were pushed since you looked.', {
    help: 'Look at the change again.',
  })

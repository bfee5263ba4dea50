import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commitOid } from '../src/protocols/sshsig/commit-signature.ts'
import { renderAllowedSigners } from '../src/seals/format/allowed-signers.ts'
import { renderCommit, sealedCommit, trailersFor } from '../src/seals/format/commit.ts'
import { draftAct, draftApproval, draftMerge, draftProtect } from '../src/seals/format/draft.ts'
import { patchDigest } from '../src/seals/format/patch-digest.ts'
import { SEALS_REF, SIGNERS_REF, renderSealsTree, renderSignersTree } from '../src/seals/format/projection.ts'
import type { SealRecord } from '../src/seals/format/seal-record.ts'
import { type SignerEntry, credentialDigest } from '../src/seals/format/signer-entry.ts'
import { SoftwareSigner } from '../src/seals/format/software-signer-testing.ts'
import { parseStatement, statementDigest } from '../src/seals/format/statement.ts'
import { renderTime } from '../src/seals/format/time.ts'
import { FastImport } from './fast-import.ts'

const ref = 'refs/heads/main'
const repository = { id: 'rep_bench', url: 'http://localhost:7400/acme/bench' }
const began = Date.parse('2026-03-01T09:00:00Z')
const stepMs = 60_000

/**
 * A clone whose `main` is nothing but sealed merges of a growing side branch, and its projection as a server writes it:
 * one commit of refs/postern/seals for each merge, with a second person's approval of it where `approved`. Keys, nonces
 * and signatures apart it is the same each time.
 */
export async function createSealedBranch(
  folder: string,
  merges: number,
  { approved = false } = {},
): Promise<{ trust: string; allowedSigners: string }> {
  await mkdir(folder, { recursive: true })
  const git = (args: string[], input: string | Buffer = ''): string =>
    execFileSync('git', ['-C', folder, ...args], { input, encoding: 'utf8', maxBuffer: 2 ** 28 }).trimEnd()
  git(['init', '--quiet', '--initial-branch=main'])
  git(['fast-import', '--quiet'], sideBranch(merges))
  const [start, ...heads] = git(['log', '--reverse', '--format=%H %T', 'side']).split('\n').map(parseHead)
  if (start === undefined) throw new Error('the side branch is empty')

  const ana = SoftwareSigner.create({ username: 'ana', addedAt: renderTime(began), enrolledVia: 'setup' })
  const { userId, username, principal: email } = ana.entry
  const ben = SoftwareSigner.create({ username: 'ben', addedAt: renderTime(began) })
  const contextAt = (issuedAt: number, signer = { userId, username }) => ({
    signer,
    requestedBy: userId,
    policyDigest: `sha256:${'0'.repeat(64)}`,
    issuedAt,
    notAfter: issuedAt + 5 * stepMs,
  })
  const baseline = start.head
  const started = ana.seal(draftProtect(contextAt(began), { repository, targetRef: ref, tree: start.tree, baseline }))
  const landed = [[started]]
  const commits: Buffer[] = []
  let base = baseline
  for (const { head, tree } of heads) {
    const pullRequest = commits.length + 1
    const at = began + pullRequest * stepMs
    const ident = { name: 'Ana', email, timestamp: at / 1000, offset: '+0000' }
    const text = { subject: `Merge pull request #${pullRequest}`, body: 'One more file.' }
    const template = { tree, parents: [base, head], author: ident, committer: ident, ...text }
    const branchChange = { repository, targetRef: ref, tree, base, head, pullRequest }
    const record = ana.seal(draftMerge(contextAt(at), { action: 'merge', ...branchChange }), template)
    const trailers = trailersFor(parseStatement(record.statement), statementDigest(record.statement))
    const commit = sealedCommit(renderCommit(template, trailers), record.armored)
    const approval = { ...branchChange, mergeBase: base, patch: patchOf(pullRequest) }
    const ofBen = { userId: ben.entry.userId, username: ben.entry.username }
    landed.push([...(approved ? [ben.seal(draftApproval(contextAt(at, ofBen), approval))] : []), record])
    base = commitOid(commit)
    commits.push(commit)
  }
  await writeCommits(folder, commits, git)
  const protection = { repositoryId: repository.id, ref, baseline, startedAt: renderTime(began) }
  const statement = statementDigest(started.statement)
  const entries = approved
    ? [ana.entry, { ...ben.entry, endorsement: vouchFor(ben, ana, contextAt(began)) }]
    : [ana.entry]
  git(['fast-import', '--quiet'], projection(entries, landed, { ...protection, statementDigest: statement }))
  git(['reset', '--quiet', '--hard', base])
  git(['repack', '-adq'])
  return { trust: ana.entry.fingerprint, allowedSigners: renderAllowedSigners([ana.entry]) }
}

function parseHead(line: string): { head: string; tree: string } {
  const [head = '', tree = ''] = line.split(' ')
  return { head, tree }
}

const fileOf = (number: number) =>
  ({ path: `source/${number % 50}/${number}.txt`, content: Buffer.from(`change ${number}\n`) }) as const

function sideBranch(commits: number): Buffer {
  const stream = new FastImport()
  for (let number = 0; number <= commits; number++) {
    const { path, content } = fileOf(number)
    stream.commit('refs/heads/side', number, new Map([[path, content]]))
  }
  return stream.bytes()
}

function patchOf(number: number): string {
  const { path, content } = fileOf(number)
  const newOid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
  const file = { oldMode: '000000', newMode: '100644', oldOid: '0'.repeat(40), newOid, path: Buffer.from(path) }
  return patchDigest([file])
}

function vouchFor({ entry }: SoftwareSigner, by: SoftwareSigner, context: Parameters<typeof draftAct>[0]): SealRecord {
  const act = {
    method: 'POST',
    route: '/api/v1/people/:username/credentials/:id/endorse',
    parameters: { username: entry.username },
    bodyDigest: statementDigest(Buffer.from('{}')),
    title: `Vouch for a key of ${entry.username}`,
  }
  const subjects = [{ name: 'credential', digest: { sha256: credentialDigest(entry.publicKey) } }]
  return by.seal(draftAct(context, { action: 'credential.endorse', act, subjects }))
}

function projection(
  entries: readonly SignerEntry[],
  landed: readonly (readonly SealRecord[])[],
  protection: Parameters<typeof renderSealsTree>[1][number],
): Buffer {
  const stream = new FastImport()
  stream.commit(SIGNERS_REF, 0, renderSignersTree(entries))
  for (const [number, records] of landed.entries())
    stream.commit(SEALS_REF, number, renderSealsTree(records, number === 0 ? [protection] : []))
  return stream.bytes()
}

/** fast-import writes no signed commits, so these bytes go in as they are. */
async function writeCommits(
  folder: string,
  commits: readonly Buffer[],
  git: (args: string[], input: string) => string,
): Promise<void> {
  const scratch = join(folder, '.git', 'bench')
  await mkdir(scratch)
  const files = commits.map((_, index) => join(scratch, String(index)))
  for (const [index, file] of files.entries()) await writeFile(file, commits[index] ?? '')
  git(['hash-object', '-w', '-t', 'commit', '--stdin-paths'], `${files.join('\n')}\n`)
  await rm(scratch, { recursive: true })
}

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SealErrorCode } from '../seals/format/seal-error.ts'
import { main } from './main.ts'
import type { Change, Judged, NotJudged, ProvenChange, Report } from './report.ts'
import type { SealedRepository } from './sealed-repository-testing.ts'

/** What `postern verify --json` says. */
export async function verify(...args: string[]): Promise<Report> {
  let text = ''
  const code = await main([...args, '--json'], { out: (part) => (text += part), err: assert.fail })
  const report = JSON.parse(text) as Report
  assert.equal(report.exitCode, code)
  return report
}

export async function judged(...args: string[]): Promise<Judged> {
  const report = await verify(...args)
  if (report.verdict === 'cannot-judge') assert.fail(report.error.message)
  return report
}

/** Publishes what happened, and judges a fresh clone of it. */
export function judgedClone(repository: SealedRepository, ...args: string[]): Promise<Judged> {
  repository.publish()
  return judged(repository.clone(), ...args)
}

export function proven(change: Change | undefined): ProvenChange {
  if (change?.state !== 'proven') assert.fail(change === undefined ? 'no such change' : change.explanation)
  return change
}

/** The text for people. */
export async function reportText(...args: string[]): Promise<string> {
  let text = ''
  await main(args, { out: (part) => (text += part), err: assert.fail })
  return text
}

export async function refusal(...args: string[]): Promise<NotJudged['error']['code']> {
  const report = await verify(...args)
  if (report.verdict !== 'cannot-judge') assert.fail(`judged ${report.verdict}`)
  assert.equal(report.exitCode, 2)
  return report.error.code
}

/** The reasons of the changes that are not proven, newest first. */
export async function reasons(...args: string[]): Promise<SealErrorCode[]> {
  const report = await judged(...args)
  const found = report.changes.flatMap((change) => (change.state === 'proven' ? [] : [change.reason]))
  assert.equal(report.exitCode, found.length > 0 ? 1 : 0)
  return found
}

/** Stock git's word on a commit: G is Good. */
export function stockVerdict(folder: string, repository: SealedRepository, oid: string): string {
  const allowed = join(repository.folder, 'allowed_signers')
  writeFileSync(allowed, `${repository.allowedSigners}\n`)
  const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`]
  return execFileSync('git', ['-C', folder, ...settings, 'log', '-1', '--format=%G? %GS', oid])
    .toString()
    .trim()
}

import assert from 'node:assert/strict'
import { main } from './main.ts'
import type { Change, Judged, ProvenChange, Report } from './report.ts'
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

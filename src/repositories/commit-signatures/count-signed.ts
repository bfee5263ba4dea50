import type { Id } from '../../database/id.ts'
import { judgeSignatures, type SignatureParts } from './judge-signatures.ts'
import { type ObjectSource, readSignatures } from './read-signatures.ts'
import { whyNotSigned } from './signature-words.ts'

const most = 50

/** How many of the newest commits a branch that takes only signed ones would have taken. */
export async function countSigned(
  parts: SignatureParts,
  source: ObjectSource,
  repositoryId: Id<'rep'>,
  tip: string,
): Promise<{ signed: number; all: number }> {
  const { stdout } = await source.git.run(['rev-list', `--max-count=${most}`, '--end-of-options', tip], {
    repository: source.folder,
  })
  const oids = stdout.toString().split('\n').filter(Boolean)
  const judged = await judgeSignatures(parts, source, repositoryId, await readSignatures(source, oids))
  return { signed: [...judged.values()].filter((one) => whyNotSigned(one) === undefined).length, all: oids.length }
}

export const countedSentence = (branch: string, { signed, all }: { signed: number; all: number }): string => {
  const last = all === 1 ? `The only commit on ${branch} is` : `Of the last ${all} commits on ${branch}, `
  const counted =
    all === 1
      ? `${signed === 1 ? '' : ' not'} signed by a registered key`
      : `${signed === 0 ? 'none is' : signed === 1 ? 'one is' : `${signed} are`} signed by a registered key`
  return `${last}${counted}. What is there stays: from now on it is asked of every commit that comes.`
}

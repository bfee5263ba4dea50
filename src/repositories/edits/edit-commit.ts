import { invalid } from '../../http/problem.ts'
import { renderIdent } from '../../seals/format/commit.ts'
import { identOf } from '../../seals/format/ident.ts'

const mostTitle = 250

interface Named {
  username: string
  displayName: string
}

// Tabs and line ends are none.
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/

/** A title, and below an empty line a body, as git keeps them. @throws 422 */
export function readMessage(message: string): { title: string; body: string } {
  const text = message.replaceAll(/\r\n?/g, '\n').trim()
  const [title = '', ...rest] = text.split('\n')
  if (title === '') throw invalid('message', 'A title is needed.')
  if (title.length > mostTitle) throw invalid('message', `The title has ${mostTitle} characters at most.`)
  if (!text.isWellFormed() || control.test(text) || title.includes('\t'))
    throw invalid('message', 'A message has no control characters.')
  return { title: title.trimEnd(), body: rest.join('\n').trim() }
}

/** Unsigned, as any pushed commit: by whoever sent it, under the name that signatures of theirs have. `author` thought of it. */
export function editCommit(
  { tree, parent, title, body, author }: { tree: string; parent: string; title: string; body: string; author?: Named },
  person: Named,
  moment: { rpId: string; at: number },
): Buffer {
  const [by, committer] = [author ?? person, person].map((one) => renderIdent(identOf(one, moment)))
  return Buffer.from(
    [
      `tree ${tree}`,
      `parent ${parent}`,
      `author ${by}`,
      `committer ${committer}`,
      '',
      title,
      ...(body === '' ? [] : ['', body]),
      '',
    ].join('\n'),
  )
}

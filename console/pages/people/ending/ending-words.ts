import type { AccessEnd, EndedKind } from '../../../api/shapes.ts'

const causes: Record<AccessEnd['cause'], string> = {
  console: 'by a person’s decision',
  api: 'by a person’s decision, through the API',
  scim: 'by the directory',
  group: 'because they left a group',
  'guest-end': 'because their end date came',
  domain: 'because they refused to be managed by their domain',
  upstream: 'because the place they sign in with no longer knows them',
  owner: 'because whoever answers for it ended',
  shell: 'from the server’s own shell',
}

export const causeWords = (cause: AccessEnd['cause']): string => causes[cause]

/** "3 sessions", "1 API token". */
export const countWords = ({ kind, count }: Pick<EndedKind, 'kind' | 'count'>): string =>
  `${count} ${count === 1 ? singular(kind) : kind}`

const irregular: Record<string, string> = {
  passkeys: 'passkey',
  'browsers that are told': 'browser that is told',
  'pushes that wait for a tap': 'push that waits for a tap',
  'webhooks they look after': 'webhook they look after',
  'mirrors they look after': 'mirror they look after',
  'deploy keys they look after': 'deploy key they look after',
  'pipelines they look after': 'pipeline they look after',
}

const singular = (kind: string): string =>
  irregular[kind] ?? kind.replace(/ies( |$)/, 'y$1').replace(/([^s])s( |$)/, '$1$2')

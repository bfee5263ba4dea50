import type { Condition, NewPipeline, WorkloadShape } from '../../api/shapes.ts'

/** What the form asks for, in the words of whoever runs pipelines there. */
export interface PipelineValues extends Record<string, unknown> {
  shape: WorkloadShape
  name: string
  /** Of GitLab and others their address, of Bitbucket the workspace. */
  place: string
  /** Whose pipeline it is, as that place names it. */
  home: string
  /** Empty: any. */
  branch: string
  /** Beside home and branch. */
  conditions: Condition[]
  access: NewPipeline['access']
  audience: string
  lifetimeMinutes: number
  runHours: number
  keys: string
}

interface Preset {
  label: string
  /** Null: there is one place only. */
  place: { label: string; description: string; placeholder: string } | null
  home: { label: string; description: string; placeholder: string } | null
  issuerOf(place: string): string
  conditionsOf(values: Pick<PipelineValues, 'home' | 'branch'>): Condition[]
}

const whenGiven = (value: string, ...conditions: Condition[]): Condition[] => (value === '' ? [] : conditions)

export const presets: Record<WorkloadShape, Preset> = {
  github: {
    label: 'GitHub Actions',
    place: null,
    home: {
      label: 'Repository there',
      description: 'Whose workflow comes in; acme/* is all of acme',
      placeholder: 'acme/shop',
    },
    issuerOf: () => 'https://token.actions.githubusercontent.com',
    conditionsOf: ({ home, branch }) => [
      { claim: 'repository', value: home },
      ...whenGiven(branch, { claim: 'ref', value: `refs/heads/${branch}` }),
    ],
  },
  gitlab: {
    label: 'GitLab CI',
    place: {
      label: 'Address of GitLab',
      description: 'As a browser shows it, without what follows the host',
      placeholder: 'https://gitlab.com',
    },
    home: {
      label: 'Project there',
      description: 'Whose job comes in; acme/** is all of acme',
      placeholder: 'acme/shop',
    },
    issuerOf: (place) => place.replace(/\/+$/, ''),
    conditionsOf: ({ home, branch }) => [
      { claim: 'project_path', value: home },
      // A tag could be called as the branch is.
      ...whenGiven(branch, { claim: 'ref', value: branch }, { claim: 'ref_type', value: 'branch' }),
    ],
  },
  bitbucket: {
    label: 'Bitbucket Pipelines',
    place: {
      label: 'Workspace',
      description: 'Its name, as it stands in the address of your repositories there',
      placeholder: 'acme',
    },
    home: {
      label: 'Repository UUID',
      description: 'There under OpenID Connect; with its braces',
      placeholder: '{9a8b7c6d-1234-4321-8888-0123456789ab}',
    },
    issuerOf: (place) => `https://api.bitbucket.org/2.0/workspaces/${place}/pipelines-config/identity/oidc`,
    conditionsOf: ({ home, branch }) => [
      { claim: 'repositoryUuid', value: home },
      ...whenGiven(branch, { claim: 'branchName', value: branch }),
    ],
  },
  other: {
    label: 'Somewhere else',
    place: {
      label: 'Issuer',
      description: 'As its tokens say it in “iss”, to the letter',
      placeholder: 'https://ci.example.com',
    },
    home: null,
    issuerOf: (place) => place,
    conditionsOf: () => [],
  },
}

export const shapes = Object.keys(presets) as WorkloadShape[]

const trimmed = (conditions: readonly Condition[]): Condition[] =>
  conditions
    .map(({ claim, value }) => ({ claim: claim.trim(), value: value.trim() }))
    .filter(({ claim, value }) => claim !== '' || value !== '')

export function asSent(values: PipelineValues): NewPipeline {
  const preset = presets[values.shape]
  const [place, home, branch] = [values.place.trim(), values.home.trim(), values.branch.trim()]
  return {
    shape: values.shape,
    issuer: preset.issuerOf(place),
    name: values.name.trim() === '' ? preset.label : values.name.trim(),
    ...termsOf({
      ...values,
      conditions: [...preset.conditionsOf({ home, branch }), ...values.conditions],
    }),
  }
}

export type TermValues = Pick<
  PipelineValues,
  'conditions' | 'access' | 'audience' | 'lifetimeMinutes' | 'runHours' | 'keys'
>

export const termsOf = ({ conditions, access, audience, lifetimeMinutes, runHours, keys }: TermValues) => ({
  conditions: trimmed(conditions),
  access,
  audience: audience.trim(),
  lifetimeMinutes,
  runHours,
  keys: keys.trim() === '' ? null : keys.trim(),
})

import type { MergeMethod, PullRequestView } from '../../api/shapes.ts'

export const METHODS: Record<MergeMethod, { label: string; text: string; done: string }> = {
  merge: {
    label: 'Merge',
    text: 'Keeps every commit, under one merge commit that carries your signature.',
    done: '',
  },
  squash: {
    label: 'Squash',
    text: 'Makes one commit of all of them; it carries your signature.',
    done: ', squashed into one commit',
  },
  rebase: {
    label: 'Rebase',
    text: 'Puts the commits on top of the branch, one by one. Your proof stands beside them, not in them.',
    done: ', rebased onto the branch',
  },
  'fast-forward': {
    label: 'Fast-forward',
    text: 'Moves the branch to the head as it is: no new commit. Your proof stands beside it.',
    done: ', fast-forward',
  },
}

export const isMethod = (text: string | undefined): text is MergeMethod =>
  text !== undefined && Object.hasOwn(METHODS, text)

type Choices = PullRequestView['methods']

export const refusalOf = (methods: Choices, method: MergeMethod): string | null =>
  methods.find((choice) => choice.method === method)?.refusal ?? null

/** The one that was asked for, else the first that is allowed. */
export const chosenMethod = (methods: Choices, asked: string | undefined): MergeMethod =>
  isMethod(asked) && refusalOf(methods, asked) === null
    ? asked
    : (methods.find(({ refusal }) => refusal === null)?.method ?? 'merge')

/** The reasons why ways are closed, each once, with the ways that it closes. */
export function closedWays(methods: Choices): { ways: string; refusal: string }[] {
  const byReason = Map.groupBy(methods, ({ refusal }) => refusal)
  return [...byReason].flatMap(([refusal, choices]) =>
    refusal === null ? [] : [{ ways: choices.map(({ method }) => METHODS[method].label).join(', '), refusal }],
  )
}

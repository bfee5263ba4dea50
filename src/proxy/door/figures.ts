import type { Route, Routes } from '../route.ts'

/** What went through one route since the start of this process. */
export interface RouteFigures {
  /** Of its application. */
  id: string
  /** Its short name. */
  route: string
  /** Answers by class, `2xx` and so on; `failed` where the upstream gave none. */
  answers: Readonly<Record<AnswerClass, number>>
}

export const answerClasses = ['1xx', '2xx', '3xx', '4xx', '5xx', 'failed'] as const
export type AnswerClass = (typeof answerClasses)[number]

export interface Figures {
  count(route: Route, outcome: number | Error): void
  /** Of the routes there are. */
  list(): RouteFigures[]
}

/** Counted here and asked for when somebody looks: each request pays for one addition. */
export function createFigures(routes: Routes): Figures {
  const counts = new Map<string, number[]>()
  return {
    count({ application }, outcome) {
      let mine = counts.get(application.id)
      if (mine === undefined) counts.set(application.id, (mine = answerClasses.map(() => 0)))
      const at = typeof outcome === 'number' ? Math.min(Math.max(Math.floor(outcome / 100), 1), 5) - 1 : 5
      mine[at] = (mine[at] ?? 0) + 1
    },
    list: () =>
      routes.list().map(({ application: { id, slug } }) => ({
        id,
        route: slug,
        answers: Object.fromEntries(answerClasses.map((name, at) => [name, counts.get(id)?.[at] ?? 0])) as Record<
          AnswerClass,
          number
        >,
      })),
  }
}

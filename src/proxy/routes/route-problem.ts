/** Something in a route that cannot be meant, or should be thought of, in words for whoever wrote it. */
export interface RouteProblem {
  /** Where it stands in what they wrote: `['rules', 0, 'paths']`. */
  path: readonly (string | number)[]
  message: string
}

/** What was found: with problems there is no route; warnings are shown before the tap. */
export interface RouteFindings {
  problems: RouteProblem[]
  warnings: RouteProblem[]
}

import type { DeliverySummary } from '../../api/shapes.ts'

/** While an attempt is under way, the next one is a minute off. */
const soonMs = 65_000
export const lookAgainMs = 1_500

/** Whether its state may change while one looks. */
export const isSoon = ({ nextAt }: Pick<DeliverySummary, 'nextAt'>): boolean =>
  nextAt !== null && nextAt - Date.now() < soonMs

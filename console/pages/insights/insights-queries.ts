import { getQuery, pagesQuery } from '../../api/queries.ts'
import type { Insights, PersonWithoutPasskey } from '../../api/shapes.ts'

export const periods = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
]

/** The period that the URL names, where it is one of those offered. */
export const periodOf = (days: string | undefined): string => periods.find(({ value }) => value === days)?.value ?? '30'

export const insightsQuery = (days: string) => getQuery<Insights>('/insights', { days })

export const peopleWithoutPasskeyPath = '/insights/people-without-passkey'
export const peopleWithoutPasskeyPages = pagesQuery<PersonWithoutPasskey>(peopleWithoutPasskeyPath)

export interface FigureOf {
  insights: Insights
  /** The first day of the period, in words. */
  since: string
}

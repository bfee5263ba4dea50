import { conflict, type ProblemError } from '../http/problem.ts'

/** The same for a name in use as for one that leads to what the caller may not see: it must not tell which. */
export const nameTaken = (name: string): ProblemError =>
  conflict('name-taken', `The name ${name} is taken.`, { help: 'Choose another name.', fields: { name: 'is taken' } })

import type { Recipe } from './recipe.ts'

type Ask = Recipe['asks'][number]

/** Where the tool is reached, without anything behind its path. */
export const askAddress = (example: string): Ask => ({
  name: 'address',
  label: 'Its address',
  example,
  hint: 'As it stands in a browser’s address bar, without a slash at the end.',
})

/** Products find and join accounts by it, and only one that its person has confirmed is told. */
export const needsAddress =
  'It knows people by their e-mail address. Only an address that its person has confirmed, under Account → Profile, is told to it.'

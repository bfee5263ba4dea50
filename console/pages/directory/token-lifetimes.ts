/** Neither Okta nor Entra renews a token by itself, so a year is the default and not a month. */
export const lifetimes = [
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: 'A year' },
  { value: 'never', label: 'Never' },
]

export const tokenDays = (lifetime: string): number | null => (lifetime === 'never' ? null : Number(lifetime))

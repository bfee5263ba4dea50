import { useMe } from '../../api/use-me.ts'

const lifetimes = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
]

/** How long a token may live. Of a guest's own it is 30 days at most. */
export function useTokenLifetimes({ isOwn }: { isOwn: boolean }) {
  const { role } = useMe()
  return role === 'guest' && isOwn ? lifetimes.filter(({ value }) => Number(value) <= 30) : lifetimes
}

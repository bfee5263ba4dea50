import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { followLinks } from '../../follow-links.ts'

export function RootPage() {
  const router = useRouter()
  useEffect(() => followLinks((href) => router.history.push(href)), [router])
  return <Outlet />
}

import { useEffect } from 'react'
import { refresh } from '../../../api/queries.ts'

/** The pages behind are read again only when this closes: they would take away the button that opened it, and it too. */
export const useRefreshPeopleAfter = () => useEffect(() => () => void refresh('/people'), [])

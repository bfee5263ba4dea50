/** The console: pages over the HTTP API. It holds no truth and decides nothing: what may be done is the server's word. */
import '@mantine/core/styles.layer.css'
import './console.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ProblemError } from './api/problem.ts'
import { queryClient } from './api/queries.ts'
import { StepUpHost } from './forms/step-up-host.tsx'
import { makeRouter } from './routes.tsx'
import { cssVariablesResolver, theme } from './theme.ts'

const router = makeRouter()
// The page's code is on its way while the server is asked who has come.
for (const { routeId } of router.matchRoutes(router.latestLocation))
  void router.loadRouteChunk(router.routesById[routeId as keyof typeof router.routesById])

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root, {
  // A refusal has its page; only what nobody foresaw belongs into the browser's log.
  onCaughtError: (error) => {
    if (!(error instanceof ProblemError)) console.error(error)
  },
}).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <StepUpHost />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { answerUnreadable } from './client-error.ts'
import { closeBody } from './closed-body.ts'
import { createFrontedServer, type Front, type ServerSettings } from './front.ts'
import { checkHost, type WrongHostPage } from './host.ts'
import { lazySchemaCompilers } from './lazy-schemas.ts'
import { nothingHere, ProblemError, sendProblem, unexpected, unreadable } from './problem.ts'
import { isProxyTrusted } from './trusted-proxies.ts'

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface AppOptions {
  url: URL
  trustedProxies: readonly string[]
  tls: { cert: Buffer; key: Buffer } | undefined
  log: { level: string }
  /** Asked first; may grow until the server listens. */
  fronts?: readonly Front[]
  wrongHostPage?: WrongHostPage
}

/**
 * `http/` owns what every route shares: the server, problems, access declarations, cookies, headers, paging. It knows
 * no feature and reads no table.
 */
export function createApp(options: AppOptions): App {
  const app = Fastify({
    logger: { level: options.log.level, redact: ['req.headers.authorization', 'req.headers.cookie'] },
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy:
      options.trustedProxies.length > 0 && ((address: string) => isProxyTrusted(address, options.trustedProxies)),
    bodyLimit: 1024 * 1024,
    schemaController: lazySchemaCompilers(),
    // Node's own deadline would cut long pushes; deadlines are set per route below.
    requestTimeout: 0,
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: false },
    // `verbose` brings the description of what was expected into the error.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false, verbose: true } },
    frameworkErrors(error: Error, request: FastifyRequest, reply: FastifyReply) {
      setSecurityHeaders(reply, options.url)
      void sendProblem(reply, asProblem(error, request))
    },
    clientErrorHandler: answerUnreadable,
    forceCloseConnections: true,
    serverFactory: (listener: RequestListener, settings: ServerSettings) =>
      createFrontedServer(options.fronts ?? [], listener, { ...settings, tls: options.tls }),
  } as Parameters<typeof Fastify>[0]).withTypeProvider<TypeBoxTypeProvider>() as unknown as App
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('refusal', undefined)
  app.addHook('onRoute', closeBody)
  app.addHook('onRequest', (request, reply, done) => {
    if (checkHost(request, reply, options)) done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    setSecurityHeaders(reply, options.url)
    done(null, payload)
  })
  app.setErrorHandler((error, request, reply) => sendProblem(reply, asProblem(error, request)))
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, nothingHere()))
  return app
}

const securityHeaders = Object.entries({
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
})

/** What a route says of itself stands. */
function setSecurityHeaders(reply: FastifyReply, url: URL): void {
  // RFC 6797: passkeys of a host that is once https work over nothing else.
  if (url.protocol === 'https:') reply.header('strict-transport-security', 'max-age=31536000')
  for (const [name, value] of securityHeaders) if (!reply.hasHeader(name)) reply.header(name, value)
}

interface InvalidPart {
  instancePath?: string
  message?: string
  params?: { missingProperty?: string; additionalProperty?: string }
  parentSchema?: { description?: string }
}

/** Our own refusals as they are, Fastify's as problems, everything else as a 500 that says nothing. */
function asProblem(error: unknown, request: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof Error && 'validation' in error && Array.isArray(error.validation)) {
    const first = error.validation[0] as InvalidPart | undefined
    const { missingProperty, additionalProperty } = first?.params ?? {}
    const path = (first?.instancePath ?? '').slice(1).replaceAll('/', '.')
    const field = [path, additionalProperty].filter(Boolean).join('.') || (missingProperty ?? 'body')
    const why =
      additionalProperty === undefined
        ? (first?.parentSchema?.description ?? first?.message ?? 'is not valid')
        : 'is not known here'
    const sentence = `${field}: ${why}`
    return new ProblemError(422, 'invalid-input', `This is not valid: ${sentence}.`, {
      fields: { [field]: sentence },
      ...(additionalProperty === undefined
        ? {}
        : { help: 'Leave it out. What belongs here is listed at /api/v1/openapi.json.' }),
    })
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 413)
    return new ProblemError(413, 'too-large', 'The request is larger than this address accepts.', {
      help: 'Send less at once.',
    })
  if (status === 415)
    return new ProblemError(415, 'json-only', 'This address takes JSON alone.', {
      help: 'Send JSON, with the content type application/json.',
    })
  if (status >= 400 && status < 500) return unreadable(status)
  // PostgreSQL keeps no U+0000: nobody has what such a request asks for, and it is no failure of ours.
  if (error instanceof Error && 'code' in error && error.code === '22021') return unreadable()
  request.log.error({ err: error }, 'request failed')
  if (isDiskFull(error))
    return new ProblemError(507, 'disk-full', 'The disk of this server is full. Nothing was changed.', {
      help: 'Tell whoever runs it; try again when there is room.',
      cause: error,
    })
  return unexpected(error)
}

/** SQLITE_FULL, PostgreSQL's disk_full, or the operating system's own word. */
function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  return errcode === 13 || code === '53100' || code === 'ENOSPC' || isDiskFull(error.cause)
}

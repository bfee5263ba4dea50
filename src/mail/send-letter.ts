import type { Transporter } from 'nodemailer'
import { escapeHidden } from '../audit/record.ts'
import type { MailServer, MailSettings } from './mail-settings.ts'

export interface Envelope {
  id: string
  to: { name: string; address: string }
  subject: string
  text: string
  at: number
}

export type SendLetter = (envelope: Envelope, signal: AbortSignal) => Promise<void>

/** How to talk to the server: a password goes over verified TLS or stays on this machine. */
export function connectionOptions({ host, port, isSecure, isLocal, login }: MailServer) {
  return {
    host,
    port,
    secure: isSecure,
    requireTLS: !isSecure && !isLocal && login !== undefined,
    // A mail server beside us has a certificate for another name, and nobody is in between.
    tls: { rejectUnauthorized: isSecure || !isLocal },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    dnsTimeout: 10_000,
    socketTimeout: 20_000,
    socketCloseTimeout: 0,
  }
}

/** Sends one plain-text letter to one address. Its Message-ID stays the same, so that a second copy is known as one. */
export function createSender({ server, from }: MailSettings, host: string): SendLetter {
  let transport: Transporter | undefined
  return async ({ id, to, subject, text, at }, signal) => {
    // Loading it takes 100 ms, which the start of the server need not wait for.
    const { createTransport } = await import('nodemailer')
    transport ??= createTransport({ ...connectionOptions(server), name: host })
    await transport.sendMail({
      messageId: `<${id}@${host}>`,
      date: new Date(at),
      from,
      to: { name: escapeHidden(to.name), address: to.address },
      envelope: { from: from.address, to: [to.address] },
      subject: escapeHidden(subject),
      text,
      // RFC 3834 §5: nobody's absence note answers this.
      headers: { 'auto-submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal,
    })
  }
}

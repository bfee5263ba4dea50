import type { Instance, OrganisationRole, RegistrationLinkView } from '../../api/shapes.ts'

interface Words {
  title: string
  lead: string
}

const words: Record<RegistrationLinkView['purpose'], (host: string, name: string | undefined) => Words> = {
  setup: () => ({
    title: 'Set up Postern',
    lead: 'You become its first owner. There is no password: your passkey is the only way in.',
  }),
  'next-owner': (_host, name) => ({
    title: name ? 'Begin anew' : 'Become the next owner',
    lead: `This link was made on the server.${name ? ' Once your new passkey exists, all that you came in with before ends: passkeys, codes, sessions, tokens and keys.' : ''}`,
  }),
  rehome: (host) => ({
    title: 'Postern has moved',
    lead: `Passkeys belong to one address. Make one for ${host}; what you signed before stays valid.`,
  }),
  recovery: (host) => ({
    title: 'Get back in',
    lead: `Make a new passkey for ${host}. Your former ones pause until nobody can object any more: any of them can cancel this.`,
  }),
  upgrade: (host) => ({
    title: 'Make your passkey',
    lead: `From now on you sign in to ${host} with a tap instead of a password.`,
  }),
  'break-glass': () => ({
    title: 'Break the glass',
    lead: 'You become an owner. Everybody who administers this place is told, and a second person will look at what you do.',
  }),
  invitation: (host, name) => ({
    title: name ? `Welcome, ${name}` : 'Welcome to Postern',
    lead: `Make a passkey for ${host}. It replaces a password, and it is how you prove what you approve.`,
  }),
}

/** What each kind of link is for, to the person who opened it. */
export function registrationWords({ purpose, person, newcomer }: RegistrationLinkView, instance: Instance): Words {
  const host = new URL(instance.url).host
  if (newcomer?.by)
    return { title: 'You are invited', lead: `${newcomer.by} invites you to ${host} ${asWords[newcomer.role]}.` }
  return words[purpose](host, person?.displayName)
}

const asWords: Record<OrganisationRole, string> = {
  owner: 'as an owner',
  admin: 'as an administrator',
  member: 'as a member',
  guest: 'as a guest',
}

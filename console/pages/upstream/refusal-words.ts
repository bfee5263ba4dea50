import type { UpstreamRefusal } from '../../api/shapes.ts'

interface Words {
  title: string
  help: string
}

const words: Record<UpstreamRefusal, (name: string) => Words> = {
  'denied-there': (name) => ({
    title: `${name} said no`,
    help: 'The sign-in was refused or cancelled there. Try again, or use your passkey.',
  }),
  'not-finished': (name) => ({
    title: `The sign-in with ${name} was not finished`,
    help: 'It took too long, was used already, or was begun in another window. Start it again from this page.',
  }),
  'provider-gone': (name) => ({
    title: `${name} is no longer a way in here`,
    help: 'An owner has removed it. Use your passkey, or ask an administrator.',
  }),
  'provider-unreachable': (name) => ({
    title: `${name} cannot be reached from here`,
    help: 'Nothing is wrong with your account. Try again in a few minutes, or use your passkey.',
  }),
  'provider-mistrusted': (name) => ({
    title: `What ${name} sent could not be trusted`,
    help: 'Nobody was signed in. Tell an administrator: “Test sign-in” under Directory says what is wrong.',
  }),
  'not-known': (name) => ({
    title: 'Nobody here belongs to that account',
    help: `Do you have an account here? Sign in with your passkey and join the two under Account, “Sign-in elsewhere”. Else ask an administrator for an invitation: signing in with ${name} makes no accounts here.`,
  }),
  'address-unverified': (name) => ({
    title: `${name} does not vouch for your address`,
    help: 'Without that nobody gets an account by it. Ask an administrator for an invitation, or sign in with your passkey and join the two under Account.',
  }),
  'domain-not-verified': (name) => ({
    title: 'Your address is not of this organisation',
    help: `Only addresses at its verified domains get an account by signing in with ${name}. Ask an administrator for an invitation.`,
  }),
  'account-exists': (name) => ({
    title: 'You have an account here already',
    help: `It has your address, and it is yours alone. Sign in with your passkey and join it with ${name} under Account, “Sign-in elsewhere”.`,
  }),
  'address-taken': (name) => ({
    title: 'This address belongs to somebody else here',
    help: `Whoever has it signs in with another account at ${name}. If that was you, ask an administrator.`,
  }),
  'required-group': (name) => ({
    title: `${name} does not let you in here`,
    help: 'You are not in the group that this place requires. Whoever looks after your account there can add you; then sign in again.',
  }),
  'groups-unknown': (name) => ({
    title: `${name} did not say which groups you are in`,
    help: 'One is required here, and you are in too many for it to list. Tell an administrator.',
  }),
  'access-ended': () => ({
    title: 'Your access here has ended',
    help: 'If that is a mistake, ask an administrator. Your work is still there.',
  }),
  'link-ended': (name) => ({
    title: `${name} no longer signs you in here`,
    help: 'The two were parted. Sign in with your passkey and join them again under Account, “Sign-in elsewhere”.',
  }),
  'refused-here': () => ({
    title: 'A rule does not let you in from here',
    help: 'Come from a network that it names, such as the office or its VPN, or ask an administrator.',
  }),
  'already-joined': (name) => ({
    title: `This account at ${name} is joined with somebody already`,
    help: 'With you or with another person here. Each account there is one person here.',
  }),
}

/** What a code in the address says; nothing of the address itself is shown. */
export const refusalWords = (code: string | undefined, name: string | undefined): Words | null =>
  code !== undefined && Object.hasOwn(words, code) ? words[code as UpstreamRefusal](name ?? 'The other place') : null

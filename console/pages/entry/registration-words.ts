import type { Instance, RegistrationLinkView } from '../../api/shapes.ts'

/** What each kind of link is for, to the person who opened it. */
export function registrationWords(link: RegistrationLinkView, instance: Instance): { title: string; lead: string } {
  const host = new URL(instance.url).host
  switch (link.purpose) {
    case 'setup':
      return {
        title: 'Set up Postern',
        lead: 'You become its first owner. There is no password: your passkey is the only way in.',
      }
    case 'next-owner':
      return {
        title: 'Become the next owner',
        lead: 'This link was made on the server. Once your passkey exists, the former ones it replaces end.',
      }
    case 'rehome':
      return {
        title: 'Postern has moved',
        lead: `Passkeys belong to one address. Make one for ${host}; what you signed before stays valid.`,
      }
    case 'invitation':
      return {
        title: link.person ? `Welcome, ${link.person.displayName}` : 'Welcome to Postern',
        lead: `Make a passkey for ${host}. It replaces a password, and it is how you prove what you approve.`,
      }
  }
}

interface Guide {
  /** Its file below `docs/guides` or `docs`, without the end. */
  name: string
  title: string
  about: string
}

/** Every guide, by who reads it. */
export const guideGroups: { label: string; guides: Guide[] }[] = [
  {
    label: 'For everybody',
    guides: [
      { name: 'first-merge', title: 'Your first merge', about: 'From nothing to a merge that your passkey signed' },
      { name: 'git', title: 'Git from your own machine', about: 'SSH keys, certificates, HTTPS, signed commits' },
      { name: 'review', title: 'Review', about: 'Propose, comment, approve and merge; what a branch asks' },
      {
        name: 'recovery',
        title: 'Getting back in',
        about: 'A lost passkey: what to prepare, and what to do on the day',
      },
      {
        name: 'verify',
        title: 'Verify it yourself',
        about: 'Who signed what, with your own git and without this server',
      },
    ],
  },
  {
    label: 'For programs, and whoever looks after them',
    guides: [
      { name: 'ci', title: 'Builds and deployments', about: 'Deploy keys, tokens that renew themselves, pipelines' },
      { name: 'agents', title: 'Agents: programs that propose', about: 'Bots, builds and AI that propose and ask' },
      { name: 'webhooks', title: 'Webhooks', about: 'Telling other programs what happens' },
      { name: 'move-here', title: 'Move a repository here, and mirror it back', about: 'Imports and push mirrors' },
    ],
  },
  {
    label: 'For administrators',
    guides: [
      { name: 'guests', title: 'Guests and invitations', about: 'How people come in, and those who stay for a time' },
      { name: 'offboarding', title: 'Somebody leaves', about: 'One decision ends everything, with a receipt' },
      {
        name: 'policies',
        title: 'From passwords to phishing-resistant sign-in',
        about: 'Guardrails: who must prove themselves how strongly',
      },
      {
        name: 'passwords',
        title: 'Moving here with passwords',
        about: 'A list of people, and the passwords they bring',
      },
      {
        name: 'directory',
        title: 'Connect your directory',
        about: 'Okta, Entra, domains, sign-in with your organisation',
      },
      { name: 'sign-on', title: 'One door for your other tools', about: 'OpenID Connect, who may, and how strongly' },
      { name: 'saml', title: 'Sign on by SAML', about: 'Jira, Confluence, AWS and others' },
      { name: 'proxy', title: 'Put a tool behind the proxy', about: 'For tools that know nothing of passkeys' },
      { name: 'tools', title: 'A tracker, a wiki and a board', about: 'Redmine and DokuWiki behind the proxy' },
      { name: 'connector', title: 'Tools in another network', about: 'Reaching them without opening a port' },
    ],
  },
  {
    label: 'For operators',
    guides: [
      { name: 'operate', title: 'Run Postern', about: 'Install, TLS, settings, mail, backup, upgrade, a lost passkey' },
      { name: 'proxy/nginx', title: 'A tool behind your own nginx', about: 'nginx carries the bytes and asks Postern' },
      { name: 'proxy/caddy', title: 'A tool behind your own Caddy', about: 'The same with Caddy' },
      { name: 'proxy/traefik', title: 'A tool behind your own Traefik', about: 'The same with Traefik' },
      { name: 'proxy/haproxy', title: 'A tool behind your own HAProxy', about: 'The same with HAProxy' },
      { name: 'proxy/envoy', title: 'A tool behind your own Envoy', about: 'The same with Envoy' },
      { name: 'proxy/apache', title: 'A tool behind your own Apache', about: 'By OpenID Connect or SAML' },
    ],
  },
  {
    label: 'Formats, for a program of your own',
    guides: [
      { name: 'formats/seal', title: 'The seal format, version 1', about: 'What a tap signs, byte for byte' },
      {
        name: 'formats/assertion',
        title: 'The assertion of the proxy, version 1',
        about: 'What a tool is told of whoever came',
      },
      {
        name: 'formats/access-end',
        title: 'The receipt of an end of access, version 1',
        about: 'What it says, and how to check it',
      },
      { name: 'formats/ledger', title: 'The ledger, version 1', about: 'How the record is kept from being rewritten' },
      { name: 'formats/ssh-certificates', title: 'SSH certificates', about: 'What they hold, and for other hosts' },
    ],
  },
]

/** What a file of the sources is called here: those below `docs/guides` by their name alone. */
export const guideNameOf = (file: string): string => file.replace(/^docs\/(?:guides\/)?/, '').replace(/\.md$/, '')

/** The parts of a guide, by their headings; a line of code that looks like one is none. */
export const partsOf = (text: string): string[] =>
  [...text.replaceAll(/^( *)(`{3,}).*?^\1\2$/gms, '').matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title.replaceAll('`', ''),
  )

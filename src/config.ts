import { isIPv6 } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LOG_LEVELS, type LogLevel } from './log.ts'

export type Config = Readonly<{
  host: string
  /** 0 for any free port. */
  port: number
  /** Address by which clients know the service, without a slash at its end; undefined for `http://localhost:PORT`. */
  baseUrl: string | undefined
  /** Undefined for the embedded PostgreSQL. */
  databaseUrl: string | undefined
  dataFolder: string
  /** Folder of the FHIR packages that were added. */
  packages: string
  clients: string
  signingKeys: string | undefined
  /** Files of a certificate chain and its key, in PEM, where KeyPlan serves TLS itself. */
  tls: Readonly<{ certificate: string; key: string }> | undefined
  /** Where a proxy that ends TLS writes the certificate of a client. */
  clientCertificateHeader: string | undefined
  auditKey: string | undefined
  recipients: string | undefined
  /** How people sign in; undefined where only systems do. */
  identity: string | undefined
  idTokenKeys: string | undefined
  /** Port of its own for `/metrics`, on the same host; undefined where `/metrics` is served beside everything else. */
  metricsPort: number | undefined
  /** Requests a second that each client may make of this process; `emergency`: of the emergency view, where its role is one of emergencies. */
  rates: Readonly<{ general: number; emergency: number }>
  /** Whether records are shared unless somebody objects, as each nation's policy has it, or only once they have agreed. */
  consent: 'opt-out' | 'opt-in'
  logLevel: LogLevel
  /** What works, and whoever runs the service should know. */
  warnings: readonly string[]
}>

/** Thrown with every wrong setting at once; never quotes a value that may be secret. */
export class ConfigError extends Error {
  readonly findings: readonly string[]
  constructor(findings: readonly string[]) {
    super(findings.join('\n'))
    this.name = 'ConfigError'
    this.findings = findings
  }
}

/** Clients whose private keys everyone can read; for tests, demos and a first look on one's own machine. */
export const TEST_CLIENTS = fileURLToPath(new URL('../fixtures/clients', import.meta.url))

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

const SETTINGS = [
  'KEYPLAN_AUDIT_KEY',
  'KEYPLAN_BASE_URL',
  'KEYPLAN_CLIENTS',
  'KEYPLAN_CLIENT_CERTIFICATE_HEADER',
  'KEYPLAN_CONSENT',
  'KEYPLAN_DATA',
  'KEYPLAN_EMERGENCY_RATE_LIMIT',
  'KEYPLAN_IDENTITY',
  'KEYPLAN_ID_TOKEN_KEYS',
  'KEYPLAN_PACKAGES',
  'KEYPLAN_RATE_LIMIT',
  'KEYPLAN_RECIPIENTS',
  'KEYPLAN_SIGNING_KEYS',
  'KEYPLAN_TLS_CERTIFICATE',
  'KEYPLAN_TLS_KEY',
]

/** Variables that others give this name: Kubernetes, for a service called keyplan, and our own tests. */
const isForeign = (name: string, value: string | undefined): boolean =>
  name.startsWith('KEYPLAN_TEST_') || (/^KEYPLAN_(\w+_)?(SERVICE|PORT)(_|$)/.test(name) && !/^\d+$/.test(value ?? ''))

const unprefixed = (name: string): string => name.replace(/^KEYPLAN_/, '')

const alike = (name: string, setting: string): boolean =>
  unprefixed(name).startsWith(unprefixed(setting)) || unprefixed(setting).startsWith(unprefixed(name))

/** The folder of the FHIR packages that were added, also where the service itself could not start with these settings. */
export const packagesFolder = (environment: Readonly<Record<string, string | undefined>>): string =>
  resolve(
    environment['KEYPLAN_PACKAGES']?.trim() || join(environment['KEYPLAN_DATA']?.trim() || '.keyplan', 'packages'),
  )

/**
 * The configuration that these environment variables say; an empty variable counts as unset. Throws a ConfigError that names each
 * wrong variable, what was found, and what is expected.
 */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const findings: string[] = []
  const warnings: string[] = []
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined
  const refuse = (name: string, found: string, expected: string): void => {
    findings.push(`${name}: found ${found}. Expected ${expected}.`)
  }

  const readPort = (name: string): number | undefined => {
    const text = value(name)
    if (text === undefined) return undefined
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
    refuse(name, `"${text}"`, 'a port number from 0 to 65535; 0 takes any free port')
    return undefined
  }

  const readRate = (name: string, otherwise: number): number => {
    const text = value(name)
    if (text === undefined) return otherwise
    if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
    refuse(name, `"${text}"`, 'a whole number of requests a second, from 1 to 9999999')
    return otherwise
  }

  const readChoice = <T extends string>(name: string, choices: readonly T[], otherwise: T): T => {
    const text = value(name)
    if (text === undefined) return otherwise
    const chosen = choices.find((choice) => choice === text)
    if (chosen === undefined) refuse(name, `"${text}"`, `one of ${choices.join(', ')}`)
    return chosen ?? otherwise
  }

  /** The URL of a variable; only its scheme is ever quoted, for the rest may hold a password. */
  const readUrl = (name: string, schemes: readonly string[], expected: string): URL | undefined => {
    const text = value(name)
    if (text === undefined) return undefined
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url !== undefined && schemes.includes(url.protocol) && url.hostname !== '') return url
    const found =
      url !== undefined && url.protocol.length > 1
        ? `a URL of the scheme ${url.protocol}`
        : 'something that is not a URL'
    refuse(name, found, expected)
    return undefined
  }

  const host = value('HOST') ?? '127.0.0.1'
  if (/[^A-Za-z0-9.:-]/.test(host)) refuse('HOST', `"${host}"`, 'an IP address or a host name to listen on')
  const local = isLoopback(host)

  const databaseUrl = value('DATABASE_URL')
  readUrl('DATABASE_URL', ['postgres:', 'postgresql:'], 'postgres://USER:PASSWORD@HOST:PORT/DATABASE')

  const base = readUrl(
    'KEYPLAN_BASE_URL',
    ['http:', 'https:'],
    'the address by which clients know the service, e.g. https://plans.example',
  )
  if (base !== undefined && (base.search !== '' || base.hash !== '' || base.username !== '' || base.password !== '')) {
    refuse('KEYPLAN_BASE_URL', 'a URL with a query, a fragment or a user', 'scheme, host and at most a port and a path')
  }
  if (!local && value('KEYPLAN_BASE_URL') === undefined) {
    refuse(
      'KEYPLAN_BASE_URL',
      'nothing',
      `the address by which clients know the service, because HOST ${host} is open to other machines`,
    )
  }
  if (base?.protocol === 'http:' && !isLoopback(base.hostname.replace(/^\[|\]$/g, ''))) {
    warnings.push('KEYPLAN_BASE_URL is not https: tokens and records would cross the network in the clear.')
  }

  const clients = value('KEYPLAN_CLIENTS')
  if (clients === undefined && !local) {
    refuse(
      'KEYPLAN_CLIENTS',
      'nothing',
      `a JSON file or a folder of client registrations, because HOST ${host} is open to other machines`,
    )
  }
  if (clients === undefined && local) {
    warnings.push(
      'KEYPLAN_CLIENTS is not set: the synthetic test clients are registered, and anyone on this machine can sign in as one. Synthetic people only.',
    )
  }

  const tlsCertificate = value('KEYPLAN_TLS_CERTIFICATE')
  const tlsKey = value('KEYPLAN_TLS_KEY')
  if ((tlsCertificate === undefined) !== (tlsKey === undefined)) {
    const [missing, given] =
      tlsKey === undefined
        ? ['KEYPLAN_TLS_KEY', 'KEYPLAN_TLS_CERTIFICATE']
        : ['KEYPLAN_TLS_CERTIFICATE', 'KEYPLAN_TLS_KEY']
    refuse(missing, 'nothing', `a PEM file, because ${given} names one and TLS needs both`)
  }
  const clientCertificateHeader = value('KEYPLAN_CLIENT_CERTIFICATE_HEADER')
  if (clientCertificateHeader !== undefined && !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(clientCertificateHeader))
    refuse(
      'KEYPLAN_CLIENT_CERTIFICATE_HEADER',
      `"${clientCertificateHeader}"`,
      'the name of a header, e.g. Client-Cert',
    )
  else if (clientCertificateHeader !== undefined && tlsCertificate !== undefined) {
    refuse(
      'KEYPLAN_CLIENT_CERTIFICATE_HEADER',
      `"${clientCertificateHeader}"`,
      'nothing where KEYPLAN_TLS_CERTIFICATE is set: KeyPlan then sees the certificates of clients itself, and any of them could write that header',
    )
  }

  for (const name of Object.keys(environment)) {
    if (name.startsWith('KEYPLAN_') && !SETTINGS.includes(name) && !isForeign(name, environment[name])) {
      const meant = ['DATABASE_URL', 'PORT', 'HOST', ...SETTINGS].find((setting) => alike(name, setting))
      const hint = meant === undefined ? `There are ${SETTINGS.join(', ')}.` : `Did you mean ${meant}?`
      findings.push(`${name}: there is no such setting. ${hint}`)
    }
  }

  const config: Config = {
    host,
    port: readPort('PORT') ?? 8080,
    baseUrl: base?.href.replace(/\/+$/, ''),
    databaseUrl,
    dataFolder: resolve(value('KEYPLAN_DATA') ?? '.keyplan'),
    packages: packagesFolder(environment),
    clients: resolve(clients ?? TEST_CLIENTS),
    signingKeys: value('KEYPLAN_SIGNING_KEYS'),
    tls:
      tlsCertificate === undefined || tlsKey === undefined ? undefined : { certificate: tlsCertificate, key: tlsKey },
    clientCertificateHeader,
    auditKey: value('KEYPLAN_AUDIT_KEY'),
    recipients: value('KEYPLAN_RECIPIENTS'),
    identity: value('KEYPLAN_IDENTITY'),
    idTokenKeys: value('KEYPLAN_ID_TOKEN_KEYS'),
    metricsPort: readPort('METRICS_PORT'),
    consent: readChoice('KEYPLAN_CONSENT', ['opt-out', 'opt-in'], 'opt-out'),
    rates: {
      general: readRate('KEYPLAN_RATE_LIMIT', 2_000),
      emergency: readRate('KEYPLAN_EMERGENCY_RATE_LIMIT', 2_000),
    },
    logLevel: readChoice('LOG_LEVEL', LOG_LEVELS, 'info'),
    warnings,
  }
  if (findings.length > 0) throw new ConfigError(findings)
  return config
}

/** The address of a service that listens here, where none is configured. */
export const localBaseUrl = (host: string, port: number, scheme: 'http' | 'https' = 'http'): string =>
  `${scheme}://${host === '127.0.0.1' ? 'localhost' : isIPv6(host) ? `[${host}]` : host}:${port}`

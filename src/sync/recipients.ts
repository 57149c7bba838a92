import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { createTokenSource, discoverTokenUrl, type TokenSourceOptions } from '../auth/client-assertion.ts'
import type { Recipient } from '../store/sharing/recipients.ts'
import type { Access } from './channels/channel.ts'
import { CHANNELS } from './channels/index.ts'

/** A recipient as configured: what is registered of it, and how KeyPlan signs in there. */
export type ConfiguredRecipient = Recipient &
  Readonly<{
    clientId: string
    privateKey: TokenSourceOptions['privateKey']
    /** Where its tokens come from, for a recipient whose token endpoint is of another origin; found by discovery otherwise. */
    tokenUrl?: string
  }>

type Defaulted = Pick<Recipient, 'channel' | 'postcodes' | 'registeredOnly' | 'active'>

const text = { type: 'string', minLength: 1 } as const

const valid = new Ajv({ allErrors: true }).compile({
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'name', 'role', 'organization', 'address', 'jurisdictions', 'clientId', 'privateKeyFile'],
    properties: {
      id: { type: 'string', pattern: '^[A-Za-z0-9\\-.]{1,64}$' },
      name: text,
      role: { enum: ['gp-practice', 'ambulance', 'out-of-hours', 'hospital', 'hospice'] },
      organization: text,
      channel: { enum: Object.keys(CHANNELS) },
      address: { type: 'string', pattern: '^https?://[^?#]+[^/?#]$' },
      jurisdictions: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { enum: ['GB-SCT', 'GB-ENG', 'GB-WLS', 'GB-NIR'] },
      },
      postcodes: {
        type: 'array',
        uniqueItems: true,
        items: { type: 'string', pattern: '^[A-Z]{1,2}([0-9][0-9A-Z]?)?$' },
      },
      registeredOnly: { type: 'boolean' },
      active: { type: 'boolean' },
      clientId: text,
      privateKeyFile: text,
      tokenUrl: { type: 'string', pattern: '^https?://[^?#]+$' },
    },
  },
})

/**
 * Reads the recipients of a JSON file (`KEYPLAN_RECIPIENTS`). Private keys stand in files of their own, named relative to it. Throws an Error
 * that names the file and what is wrong with it.
 */
export const loadRecipients = async (file: string): Promise<ConfiguredRecipient[]> => {
  const content = await readJson(file)
  if (!valid(content)) {
    const findings = (valid.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    )
    throw new Error(`KEYPLAN_RECIPIENTS: ${file} is not a list of recipients: ${findings.join('; ')}.`)
  }
  const listed = content as (Omit<ConfiguredRecipient, 'privateKey' | keyof Defaulted> &
    Partial<Defaulted> & { privateKeyFile: string })[]
  const twice = listed.find(({ id }, index) => listed.findIndex((other) => other.id === id) !== index)
  if (twice !== undefined) throw new Error(`KEYPLAN_RECIPIENTS: ${file} has the id "${twice.id}" twice.`)
  return Promise.all(
    listed.map(async ({ privateKeyFile, ...recipient }) => ({
      channel: 'fhir-rest',
      postcodes: [],
      // A GP practice holds summaries of its own patients, of nobody else.
      registeredOnly: recipient.role === 'gp-practice',
      active: true,
      ...recipient,
      privateKey: (await readJson(resolve(dirname(file), privateKeyFile))) as TokenSourceOptions['privateKey'],
    })),
  )
}

const readJson = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new Error(`KEYPLAN_RECIPIENTS: ${file} cannot be read as JSON.`, { cause })
  }
}

/** How the dispatcher signs in at a recipient: SMART Backend Services, the token endpoint as configured, or found by discovery when first needed. */
export const accessTo = ({ address, clientId, privateKey, tokenUrl }: ConfiguredRecipient): Access => {
  let source: ReturnType<typeof createTokenSource> | undefined
  return {
    async token() {
      source ??= createTokenSource({
        tokenUrl: tokenUrl ?? (await discoverTokenUrl(address)),
        clientId,
        privateKey,
        scope: 'system/Bundle.cruds',
      })
      return source.token()
    },
    forget() {
      source?.forget()
    },
  }
}

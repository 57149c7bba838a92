import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createTokenSource, discoverTokenUrl, type TokenSourceOptions } from '../auth/client-assertion.ts'
import type { Command } from './command.ts'

/** From `src/cli` and from `dist/cli` alike. */
const CLIENTS = fileURLToPath(new URL('../../fixtures/clients/', import.meta.url))

const help = `keyplan token --client NAME [--url BASE] [--key FILE] [--scope SCOPE]

Signs in as a client system (SMART Backend Services) and prints the access token, and nothing else.

  --client NAME   client id, e.g. gp-practice
  --url BASE      base address of the service; http://localhost:PORT unless told, PORT from the environment or 8080
  --key FILE      private key of the client, a JWK; fixtures/clients/NAME.private.json unless told
  --scope SCOPE   scopes to ask for; system/*.cruds unless told (the token carries those registered for the client)

  curl -H "Authorization: Bearer $(npx keyplan token --client gp-practice)" http://localhost:8080/fhir/CarePlan
`

const privateKey = async (client: string, file: string | undefined): Promise<TokenSourceOptions['privateKey']> => {
  if (file === undefined && !/^[a-z0-9-]+$/.test(client))
    throw new Error(`--client ${client}: say with --key FILE where its private key is.`)
  const path = file ?? `${CLIENTS}${client}.private.json`
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch {
    throw new Error(`There is no private key of ${client} at ${path}. Say with --key FILE where it is.`)
  }
  try {
    return JSON.parse(content) as TokenSourceOptions['privateKey']
  } catch {
    // Without the parser's message, which quotes the file.
    throw new Error(`${path} is not JSON. Expected the private key of ${client} as a JWK.`)
  }
}

const getToken = async (args: string[]): Promise<string> => {
  const { values } = parseArgs({
    args,
    options: {
      client: { type: 'string' },
      url: { type: 'string', default: `http://localhost:${process.env['PORT'] ?? '8080'}` },
      key: { type: 'string' },
      scope: { type: 'string', default: 'system/*.cruds' },
    },
  })
  if (values.client === undefined) throw new Error('--client NAME is missing, e.g. --client gp-practice.')
  if (!URL.canParse(values.url))
    throw new Error(`--url ${values.url} is not an address. Expected e.g. http://localhost:8080.`)
  const key = await privateKey(values.client, values.key)
  const tokenUrl = await discoverTokenUrl(values.url.replace(/\/+$/, ''))
  return createTokenSource({ tokenUrl, clientId: values.client, privateKey: key, scope: values.scope }).token()
}

export const token: Command = {
  name: 'token',
  summary: 'Print an access token of a client system',
  help,
  async run(args) {
    try {
      process.stdout.write(`${await getToken(args)}\n`)
      return 0
    } catch (error) {
      process.stderr.write(`keyplan token: ${error instanceof Error ? error.message : String(error)}\n`)
      return 1
    }
  },
}

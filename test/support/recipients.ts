import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TEST_CLIENTS } from '../../src/config.ts'

/** A file for `KEYPLAN_RECIPIENTS` with these recipients, in a folder of its own. */
export const recipientsFile = async (
  recipients: readonly Readonly<{
    id: string
    address: string
    tokenUrl?: string
    role?: string
    organization?: string
    jurisdictions?: readonly string[]
    postcodes?: readonly string[]
    registeredOnly?: boolean
    active?: boolean
    clientId?: string
  }>[],
): Promise<{ file: string; remove(): Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-recipients-'))
  const file = join(folder, 'recipients.json')
  const content = recipients.map(
    ({
      id,
      address,
      tokenUrl,
      role = 'ambulance',
      organization = 'Z00009',
      jurisdictions = ['GB-SCT', 'GB-ENG', 'GB-WLS', 'GB-NIR'],
      clientId = 'keyplan',
      ...others
    }) => ({
      id,
      name: `Recipient ${id}`,
      role,
      organization,
      address,
      jurisdictions,
      ...(tokenUrl === undefined ? {} : { tokenUrl }),
      ...others,
      clientId,
      privateKeyFile: join(TEST_CLIENTS, 'keyplan.private.json'),
    }),
  )
  await writeFile(file, JSON.stringify(content))
  return { file, remove: () => rm(folder, { recursive: true, force: true }) }
}

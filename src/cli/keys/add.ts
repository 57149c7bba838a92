import { addSigningKey } from '../../auth/key-changes.ts'
import { keyCommand } from './file.ts'

export const add = keyCommand({
  name: 'add',
  summary: 'Publish a new key beside the one that signs',
  change: addSigningKey,
})

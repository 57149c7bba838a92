import { useNewSigningKey } from '../../auth/key-changes.ts'
import { keyCommand } from './file.ts'

export const use = keyCommand({
  name: 'use',
  summary: 'Sign with the new key, and keep the old ones to verify with',
  change: useNewSigningKey,
})

/**
 * The identity service of the demo as a process of its own, so that nothing of it is in that of KeyPlan. Its parent says on which port and with
 * which secret, is told the issuer, says where KeyPlan is as soon as that is known, and is told that it was heard.
 */
import { type IdentityServiceOptions, startIdentityService } from './service.ts'
import { STAFF } from './staff.ts'

export type FromParent =
  | Readonly<{ start: Pick<IdentityServiceOptions, 'port' | 'client'> }>
  | Readonly<{ keyplan: string }>
export type ToParent = Readonly<{ issuer: string } | { failed: string } | { heard: string }>

let keyplan = ''

process.on('message', (message: FromParent) => {
  if ('keyplan' in message) {
    keyplan = message.keyplan
    process.send?.({ heard: keyplan } satisfies ToParent)
    return
  }
  startIdentityService({ ...message.start, keyplan: () => keyplan, staff: STAFF }).then(
    ({ issuer }) => process.send?.({ issuer } satisfies ToParent),
    (error: unknown) => process.send?.({ failed: String(error) } satisfies ToParent),
  )
})
// Whatever becomes of the parent, this does not outlive it.
process.on('disconnect', () => process.exit())

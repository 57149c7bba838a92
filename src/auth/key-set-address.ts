/** Where a client may publish its keys. */
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Addresses at which no client publishes anything: this machine, its link (where cloud platforms keep secrets), nobody and everybody. */
const FORBIDDEN = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  FORBIDDEN.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  FORBIDDEN.addSubnet(network, prefix, 'ipv6')

const isForbidden = (address: string): boolean => FORBIDDEN.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** What is wrong with an address that a client is registered with; undefined where it may be asked. */
export const keySetAddressFinding = (address: string): string | undefined => {
  if (!URL.canParse(address)) return 'must be a URL'
  const { protocol, hostname, username, password, hash } = new URL(address)
  if (username !== '' || password !== '' || hash !== '') return 'must have no user, password or fragment'
  if (THIS_MACHINE.test(hostname)) return ['https:', 'http:'].includes(protocol) ? undefined : 'must be https'
  if (protocol !== 'https:') return 'must be https, unless it is on this machine'
  const literal = hostname.replace(/^\[|\]$/g, '')
  return isIP(literal) !== 0 && isForbidden(literal) ? 'must not be an address of this machine or its link' : undefined
}

/** The name means an address at which nothing of a client's can be. */
export class ForbiddenAddress extends Error {}

/** Checked where the connection is made, so that a name cannot mean one address when it is looked at and another when it is used. */
export const addressLookup: LookupFunction = (hostname, options, callback) =>
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, '', 0)
    const forbidden = !THIS_MACHINE.test(hostname) && found.some(({ address }) => isForbidden(address))
    const [first] = found
    if (forbidden || first === undefined) return callback(new ForbiddenAddress(), '', 0)
    if (options.all === true) callback(null, found)
    else callback(null, first.address, first.family)
  })

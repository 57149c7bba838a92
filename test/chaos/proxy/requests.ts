/** Where the requests of a connection end (RFC 9112), as far as KeyPlan sends them: with Content-Length, never chunked. */

const HEAD_END = Buffer.from('\r\n\r\n')

const lengthOf = (head: string): number => Number(/^content-length:\s*(\d+)\s*$/im.exec(head)?.[1] ?? 0)

/** Takes the bytes of one direction of a connection and gives each request, whole, when its last byte has come. */
export const requestReader = (): ((chunk: Buffer) => Buffer[]) => {
  let bytes: Buffer = Buffer.alloc(0)
  return (chunk) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
    const whole: Buffer[] = []
    for (;;) {
      const head = bytes.indexOf(HEAD_END)
      if (head < 0) return whole
      const end = head + HEAD_END.length + lengthOf(bytes.subarray(0, head).toString('latin1'))
      if (bytes.length < end) return whole
      whole.push(bytes.subarray(0, end))
      bytes = bytes.subarray(end)
    }
  }
}

/** Whether a request changes something: those are worth repeating. */
export const isPut = (request: Buffer): boolean => request.subarray(0, 4).toString('latin1') === 'PUT '

/** A recipient in a process of its own: `main.ts FOLDER PORT`. */
import { mkdir } from 'node:fs/promises'
import { createRecipient } from './server.ts'

const [folder = '', port = ''] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const server = await createRecipient(folder)
server.listen(Number(port), '127.0.0.1')

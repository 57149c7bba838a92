import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const KEYPLAN = fileURLToPath(new URL('../../bin/keyplan.js', import.meta.url))

test('serve --demo --once shows every step verified and exits 0, twice on the same data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-demo-'))
  try {
    for (let run = 0; run < 2; run += 1) {
      const child = spawn(process.execPath, [KEYPLAN, 'serve', '--demo', '--once'], {
        env: { PATH: process.env['PATH'], PORT: '0', KEYPLAN_DATA: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      child.stdout.on('data', (chunk) => {
        output += String(chunk)
      })
      child.stderr.on('data', (chunk) => {
        output += String(chunk)
      })
      const code = await new Promise((settle) => child.once('close', settle))
      expect(`${output}\nexit code ${code}`).toMatch(/Every step was verified\.[^✗]*exit code 0$/)
      expect(output).not.toContain('✗')
      for (const person of ['Margaret', 'Callum', 'Doris', 'Hamish', 'Angharad']) expect(output).toContain(person)
      expect(output).toMatch(/✓ Dr Ailsa Synthetic signs in, and sees who they are to KeyPlan: http/)
      // Lines that are no terminal's hold no escape sequences.
      expect(output).not.toContain('\u001b')
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 240_000)

/**
 * What the page adds for browsers that run scripts: a file may be dropped anywhere on it, Ctrl+Enter checks, and it says that it is checking.
 * Without it the same is done by the field for files, the button, and the browser.
 */
export const VALIDATE_SCRIPT = `
const form = document.getElementById('check')
const file = document.getElementById('file')
const said = document.getElementById('said')
const say = (text) => { said.textContent = text }
const over = (event) => {
  if (!event.dataTransfer.types.includes('Files')) return
  event.preventDefault()
  document.body.classList.toggle('over', event.type === 'dragover')
}
for (const type of ['dragover', 'dragleave']) addEventListener(type, over)
addEventListener('drop', (event) => {
  over(event)
  if (event.dataTransfer.files.length === 0) return
  file.files = event.dataTransfer.files
  say(event.dataTransfer.files.length > 1 ? 'One file at a time: the first is taken.' : file.files[0].name + ' is chosen.')
  form.querySelector('button').focus()
})
form.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
})
for (const each of document.forms)
  each.addEventListener('submit', (event) => {
    if (document.body.getAttribute('aria-busy') === 'true') return event.preventDefault()
    document.body.setAttribute('aria-busy', 'true')
    say('Checking …')
  })
addEventListener('pageshow', () => {
  document.body.removeAttribute('aria-busy')
})
`

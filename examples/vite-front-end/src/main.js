import { greeting } from './greeting.js'
import './style.css'

const show = (text) => (document.getElementById('greeting').textContent = text)

show(greeting)
// An open page takes the new module up without being loaded again: what was counted stays.
import.meta.hot?.accept('./greeting.js', (edited) => show(edited.greeting))

let count = 0
const button = document.getElementById('count')
const tell = () => (button.textContent = `clicked ${count} times`)
button.addEventListener('click', () => {
  count++
  tell()
})
tell()

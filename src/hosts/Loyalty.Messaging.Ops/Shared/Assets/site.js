// What is shown stays fresh, and a form is sent once. Everything can be read and done without this file.
'use strict'
{
  const second = 1000
  const rendered = new WeakMap()
  let failures = 0
  let waiting = null

  const spoken = milliseconds => {
    const seconds = Math.floor(milliseconds / second)
    const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86400)]
    if (seconds < 60) return `${seconds} s`
    if (minutes < 60) return `${minutes} min`
    if (hours < 24) return `${hours} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`
    return `${days} d${hours % 24 ? ` ${hours % 24} h` : ''}`
  }

  const ago = at => {
    const span = Date.now() - at
    return span < 0 ? `in ${spoken(-span)}` : span < 5 * second ? 'just now' : `${spoken(span)} ago`
  }

  const tick = () => {
    for (const time of document.querySelectorAll('time[data-ago]')) {
      const place = time.dataset.ago === 'only' ? time : time.querySelector('.ago')
      const text = ago(Date.parse(time.dateTime))
      if (place && place.textContent !== text) place.textContent = text
    }
  }

  const say = text => {
    const place = document.getElementById('live')
    if (place && place.textContent !== text) place.textContent = text
    document.body.classList.toggle('stale', failures > 0)
  }

  const live = () => [...document.querySelectorAll('[data-live][id]')]

  // Nobody's half-written form is taken away.
  const isInUse = element =>
    element.querySelector('form.dirty') || (element.contains(document.activeElement) && document.activeElement.closest('form'))

  // What differs from one rendering to the next although nothing has happened.
  const stable = html => html
    .replace(/(name="(?:__RequestVerificationToken|operationId)" value=")[^"]*/g, '$1')
    .replace(/(<span class="ago">|<time[^>]* data-ago="only"[^>]*>)[^<]*/g, '$1')

  const replace = (element, fresh) => {
    const html = stable(fresh.innerHTML)
    if (rendered.get(element) === html) return
    const open = new Set([...element.querySelectorAll('details[open][id]')].map(details => details.id))
    const active = element.contains(document.activeElement) ? document.activeElement : null
    const focused = active && (active.id || active.getAttribute('href'))
    element.innerHTML = fresh.innerHTML
    rendered.set(element, html)
    for (const details of element.querySelectorAll('details[id]')) details.open = open.has(details.id) || details.open
    const takers = [...element.querySelectorAll('a, button, summary')]
    if (focused) takers.find(each => each.id === focused || each.getAttribute('href') === focused)?.focus()
  }

  const refresh = async () => {
    const elements = live().filter(element => !isInUse(element))
    if (!document.hidden && elements.length > 0) {
      try {
        const answer = await fetch(location.pathname + location.search, {
          headers: { Accept: 'text/html', 'X-Loyalty-Request': '1' },
          signal: AbortSignal.timeout(10 * second)
        })
        if (answer.redirected && new URL(answer.url).pathname === '/sign-in') {
          failures++
          say('Your session has ended: reload to sign in again.')
          return
        }
        if (!answer.ok) throw new Error(String(answer.status))
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
        for (const element of elements) {
          const fresh = page.getElementById(element.id)
          if (fresh && !isInUse(element)) replace(element, fresh)
        }
        failures = 0
        tick()
        say('Up to date.')
      } catch {
        failures++
        say(failures > 1 ? 'What you see is old: the site does not answer. It is asked again.' : '')
      }
    }
    plan()
  }

  const plan = () => {
    clearTimeout(waiting)
    const seconds = Math.min(...live().map(element => Math.max(2, Number(element.dataset.live) || 5)))
    if (Number.isFinite(seconds)) waiting = setTimeout(refresh, seconds * second * Math.min(1 + failures, 6))
  }

  for (const element of live()) rendered.set(element, stable(element.innerHTML))
  document.addEventListener('input', event => event.target.form?.classList.add('dirty'))
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh() })
  document.addEventListener('submit', event => {
    const form = event.target
    if (!form.hasAttribute('data-once')) return
    if (form.classList.contains('sent')) event.preventDefault()
    form.classList.add('sent')
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-disabled', 'true')
  })
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return
    event.preventDefault()
    document.getElementById('search')?.focus()
  })
  setInterval(tick, 5 * second)
  plan()
}

// Questions to the admin API. The token lies in sessionStorage, for this tab until it closes, and goes out in the
// field Authorization of each request; there is no cookie, so no other site can have the browser send it. With it lies
// the name of whoever logged in, if they gave one, which goes out with each change.
import {state, update} from './store.js';

export function setSession(token, who = '') {
  for (const [key, value] of Object.entries({token, who})) {
    if (value)
      sessionStorage.setItem(`banyan.${key}`, value);
    else
      sessionStorage.removeItem(`banyan.${key}`);
  }
  update({token, who});
}

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  const headers = {Authorization: `Bearer ${options.token || state.token}`};
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(path, {
    method: options.method || 'GET',
    headers,
    body: options.body,
    signal: options.signal,
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
  });
  if (answer.ok) return answer;
  let message = `${answer.status}`;
  try {
    message = (await answer.json()).error || message;
  } catch { /* not JSON: the status says it */
  }
  if (answer.status === 401 && !options.token) setSession('');
  throw new ApiError(answer.status, message);
}

export const getJson = async (path, options) => (await ask(path, options)).json();
export const getText = async (path, options) => (await ask(path, options)).text();
export const getBytes = async (path, options) => (await ask(path, options)).blob();
export const post = (path, body) =>
    ask(path, {method: 'POST', body: JSON.stringify(state.who ? {...body, who: state.who} : body)});

// Server-sent events through fetch, since EventSource sends no Authorization. Calls onEvent(name, data) until the
// stream ends or `signal` aborts it.
export async function events(path, onEvent, signal) {
  const answer = await ask(path, {signal});
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const frames = (rest + value).split('\n\n');
    rest = frames.pop();
    for (const frame of frames) {
      const lines = frame.split('\n');
      const part = name => (lines.find(line => line.startsWith(name)) || '').slice(name.length);
      const data = part('data: ');
      if (data) onEvent(part('event: '), JSON.parse(data));
    }
  }
}
